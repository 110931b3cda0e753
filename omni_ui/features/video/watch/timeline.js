// The timeline of a video that is watched while it is made (omni_ui/features/video/watch/watch_view.py): prompts pinned to
// seconds, on a track and as rows. While a video is made the track shows how far it is, and what was changed by hand.
import { defineComponent } from "../../../core/js/components.js";
import { make } from "../../../core/js/dom.js";
import { translate } from "../../../core/js/language.js";
import { inOrder, lengthOf, nextSecond, readChanges, shareOf, writeChanges } from "./timeline_changes.js";

const entered = (name) => document.querySelector(`#video-${name} input`)?.value ?? "";
const plannedLength = () => lengthOf({ seconds: entered("seconds"), frames: entered("num_frames"), rate: entered("fps") });

defineComponent("video_timeline", ({ element, props, trigger, watch }) => {
  const box = element.querySelector(".omni-timeline");
  const [track, rows, add] = [".omni-timeline-track", ".omni-timeline-rows", ".omni-timeline-add"].map((selector) => box.querySelector(selector));
  let changes = [];
  let arrived = 0;
  let written = null;

  const length = () => Math.max(plannedLength(), arrived, ...changes.map(({ at }) => at), 1);
  const tell = () => {
    written = writeChanges(changes);
    if (props.value === written) return;
    props.value = written;
    trigger("input");
    trigger("change");
  };
  const nameOf = ({ prompt, keys }) => prompt ?? (keys ? keys.toUpperCase().split("").join(" ") : translate("Keys released"));

  const drawTrack = () => {
    const whole = length();
    const pins = changes.map((change, i) => {
      const pin = make("button", { type: "button", class: "omni-timeline-pin", style: `left:${shareOf(change.at, whole)}%` });
      pin.setAttribute("aria-label", `${change.at} s: ${nameOf(change)}`);
      pin.title = `${change.at} s: ${nameOf(change)}`;
      pin.dataset.kind = change.keys === undefined ? "prompt" : "keys";
      pin.onclick = () => rows.children[i]?.querySelector("input")?.focus();
      return pin;
    });
    const bar = make("i", { class: "omni-timeline-made", style: `width:${shareOf(arrived, whole)}%` });
    track.replaceChildren(bar, ...pins, make("span", { class: "omni-timeline-end" }, `${Math.round(whole * 10) / 10} s`));
  };

  const row = (change) => {
    const at = make("input", { type: "number", min: 0, step: 0.5, value: change.at, "aria-label": translate("Second") });
    const words = change.keys === undefined
      ? make("input", { type: "text", value: change.prompt, placeholder: translate("What happens from then on"), "aria-label": translate("Prompt") })
      : make("span", { class: "omni-timeline-keys" }, nameOf(change));
    const remove = make("button", { type: "button", class: "omni-small", "aria-label": translate("Remove") }, "×");
    at.onchange = () => { change.at = Math.max(0, Number(at.value) || 0); changes = inOrder(changes); draw(); tell(); };
    if (words.oninput !== undefined) words.oninput = () => { change.prompt = words.value; tell(); };
    words.onchange = drawTrack;
    remove.onclick = () => { changes = changes.filter((other) => other !== change); draw(); tell(); add.focus(); };
    return make("li", {}, make("label", {}, at, make("span", {}, "s")), words, remove);
  };

  const draw = () => {
    rows.replaceChildren(...changes.map(row));
    drawTrack();
  };
  const show = () => {
    if (typeof props.value === "string" && props.value === written) return; // it is what was typed here
    changes = readChanges(props.value);
    written = writeChanges(changes);
    draw();
  };

  add.onclick = () => {
    const change = { at: nextSecond(changes, plannedLength()), prompt: "" };
    changes = inOrder([...changes, change]);
    draw();
    rows.children[changes.indexOf(change)].querySelector("input[type=text]").focus();
  };
  // What the video says of itself (watch.js).
  document.addEventListener("omni-watched", ({ detail }) => {
    if (detail.begins) arrived = 0;
    if (detail.arrived !== undefined) arrived = detail.arrived;
    if (detail.change) changes = inOrder([...changes, ...readChanges([detail.change])]);
    if (detail.change || detail.begins) draw();
    else drawTrack();
    if (detail.change) tell();
  });
  for (const name of ["seconds", "num_frames", "fps"]) {
    document.querySelector(`#video-${name}`)?.addEventListener("input", drawTrack);
  }
  watch("value", show);
  show();
});
