// What changes in a video and when (omni_ui/features/video/references.py): two bars as long as the video, drawn from the
// fields above and writing into them; the frame that is seen is the one that a mask is painted over.
import { defineComponent } from "../../core/js/components.js";
import { byId, fill } from "../../core/js/tab_elements.js";
import { make } from "../../core/js/dom.js";
import { pictureFields } from "../../widgets/pictures/picture_fields.js";
import { addRange, parseRanges, removeAt, writeRanges } from "./noise_ranges.js";

const SOURCE = "video-source_video";
const CLICK = 4; // pixels within which a press is no drag
const player = () => byId(SOURCE)?.querySelector("video");
const textOf = (name) => byId(`video-${name}`)?.querySelector("textarea, input")?.value || "";
const lengthOf = () => (player()?.duration > 0 ? player().duration : 0);

/** The frame that the player shows, as an address; undefined where there is none. */
const shownFrame = () => {
  const video = player();
  if (!video?.videoWidth) return undefined;
  const canvas = Object.assign(document.createElement("canvas"), { width: video.videoWidth, height: video.videoHeight });
  canvas.getContext("2d").drawImage(video, 0, 0);
  return canvas.toDataURL("image/png");
};

defineComponent("noise_timeline", ({ element }) => {
  const bars = [...element.querySelectorAll(".omni-noise-bar")];
  const said = element.querySelector(".omni-noise-said");
  pictureFields[SOURCE] = { box: element, several: false, add: () => {}, tell: () => {}, first: shownFrame, replaceFirst: () => {}, missing: "Add the video first, then paint over the frame that it shows." };

  const draw = () => {
    const length = lengthOf();
    const whole = element.querySelector(".omni-noise-timeline");
    if (whole.hidden !== !length) whole.hidden = !length;
    if (!length) return;
    const painted = Boolean(byId("video-video_noise_mask")?.querySelector(".omni-thumbs li"));
    // What is drawn here is seen by the observer below as well.
    const state = JSON.stringify([length, painted, ...bars.map((bar) => textOf(bar.dataset.field))]);
    if (said.dataset.state === state) return;
    said.dataset.state = state;
    const words = [];
    for (const bar of bars) {
      const ranges = parseRanges(textOf(bar.dataset.field), length);
      const picture = bar.dataset.field === "video_noise_seconds";
      const drawn = picture && painted && ranges?.length === 0 ? [[0, length]] : ranges || [];
      const track = bar.querySelector("i");
      track.replaceChildren(...drawn.map(([from, to]) => {
        const mark = make("b", {});
        Object.assign(mark.style, { left: `${(100 * from) / length}%`, width: `${(100 * (Math.min(to, length) - from)) / length}%` });
        return mark;
      }));
      if (!ranges) words.push("Write seconds such as 1-2.5, 4-6.");
      else if (drawn.some(([, to]) => to > length + 0.05)) words.push("A range ends after the video does.");
      else if (drawn.length) words.push(picture ? (painted ? "The painted part of the picture is regenerated." : "The whole picture is regenerated.") : "The sound is regenerated.");
    }
    const text = words.length ? words : ["Nothing is marked yet."];
    said.replaceChildren(...text.map((sentence) => make("span", {}, sentence)));
  };

  for (const bar of bars) {
    const track = bar.querySelector("i");
    const second = (event) => {
      const place = track.getBoundingClientRect();
      return Math.min(1, Math.max(0, (event.clientX - place.left) / place.width)) * lengthOf();
    };
    let start = null;
    track.addEventListener("pointerdown", (event) => {
      if (!lengthOf()) return;
      track.setPointerCapture(event.pointerId);
      start = { at: second(event), x: event.clientX };
    });
    track.addEventListener("pointerup", (event) => {
      if (!start) return;
      const ranges = parseRanges(textOf(bar.dataset.field), lengthOf()) || [];
      const clicked = Math.abs(event.clientX - start.x) < CLICK;
      const changed = clicked ? removeAt(ranges, start.at) : addRange(ranges, start.at, second(event));
      start = null;
      fill(`video-${bar.dataset.field}`, writeRanges(changed));
      draw();
    });
    track.addEventListener("pointercancel", () => { start = null; });
  }
  document.addEventListener("input", (event) => { if (event.target.closest?.("#video-video_noise_seconds, #video-audio_noise_mask")) draw(); });
  document.addEventListener("loadedmetadata", (event) => { if (event.target === player()) draw(); }, { capture: true });
  const column = byId("video-tab");
  if (column) new MutationObserver(draw).observe(byId("video-source_video-slot") || column, { subtree: true, childList: true });
  draw();
});
