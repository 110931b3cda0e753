// The Speech tab's own controls: the parts of a long text, the saved voices, the voices of a script
// (omni_ui/features/speech/fields.py).
import { stopStreams } from "../../core/audio/audio_stream.js";
import { defineComponent } from "../../core/js/components.js";
import "./listenable.js";
import { waveformPath } from "./waveform.js";

const make = (tag, className = "", words = "", attributes = {}) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (words) element.textContent = words;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};
const clock = (seconds) => `${seconds.toFixed(1)} s`;

// --- Parts of a long text: each with a player and a way to have it spoken again
const STATES = { waiting: "Not spoken yet", speaking: "Speaking", failed: "Failed", done: "" };
const wave = (peaks) => {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("viewBox", `0 0 ${2 * peaks.length} 100`);
  drawing.setAttribute("preserveAspectRatio", "none");
  drawing.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", waveformPath(peaks));
  drawing.append(line);
  return drawing;
};

defineComponent("speech_parts", ({ element, props, trigger, watch }) => {
  const box = element.querySelector(".omni-parts");
  const title = make("p", "omni-parts-title");
  const missing = make("button", "omni-small", "Speak missing parts", { type: "button" });
  const list = make("ol");
  const player = new Audio();
  let current = null;
  box.replaceChildren(title, missing, list);

  const busy = () => !!document.querySelector("#speech-status [data-state=working]");
  const redo = (number) => {
    if (busy()) return;
    props.value = { ...props.value, again: number };
    trigger("redo");
  };
  missing.addEventListener("click", () => redo(0));

  const mark = () => {
    for (const row of list.children) {
      const playing = row.dataset.number === current && !player.paused;
      const button = row.querySelector(".omni-part-play");
      if (button) {
        button.textContent = playing ? "Pause" : "Play";
        button.setAttribute("aria-label", `${button.textContent} part ${row.dataset.number}`);
      }
      const share = row.dataset.number === current && player.duration ? player.currentTime / player.duration : 0;
      row.querySelector(".omni-part-wave")?.style.setProperty("--played", `${100 * share}%`);
    }
  };
  for (const name of ["play", "pause", "ended", "timeupdate", "emptied"]) player.addEventListener(name, mark);

  const build = (part) => {
    const row = make("li");
    row.dataset.number = part.number;
    row.dataset.state = part.state;
    const head = make("div", "omni-part-head");
    head.append(make("span", "omni-part-number omni-quiet", String(part.number)));
    if (part.file) {
      const play = make("button", "omni-small omni-part-play", "Play", { type: "button", "aria-label": `Play part ${part.number}` });
      play.addEventListener("click", () => {
        if (current === row.dataset.number && !player.paused) return player.pause();
        if (current !== row.dataset.number) { player.src = part.file.url; current = row.dataset.number; }
        stopStreams();
        player.play();
      });
      const drawn = make("span", "omni-part-wave");
      drawn.append(wave(part.peaks));
      const again = make("button", "omni-small", "Redo", { type: "button", "aria-label": `Speak part ${part.number} again` });
      again.addEventListener("click", () => redo(part.number));
      head.append(play, drawn, make("span", "omni-quiet omni-part-time", clock(part.seconds)), again);
      head.append(make("a", "omni-small", "Save", { href: part.file.url, download: part.file.orig_name, "aria-label": `Save part ${part.number}` }));
    } else {
      head.append(make("span", "omni-part-state", STATES[part.state]));
      if (part.state !== "speaking") {
        const again = make("button", "omni-small", "Speak", { type: "button", "aria-label": `Speak part ${part.number}` });
        again.addEventListener("click", () => redo(part.number));
        head.append(again);
      }
    }
    row.append(head);
    if (part.trouble) row.append(make("p", "omni-part-trouble", part.trouble));
    const text = make("p", "omni-part-text");
    if (part.speaker) text.append(make("b", "", `${part.speaker}: `));
    text.append(part.text);
    row.append(text);
    return row;
  };

  const drawnParts = new Map();
  const show = () => {
    const rows = props.value?.rows || [];
    box.hidden = !rows.length;
    const ready = rows.filter((part) => part.file).length;
    title.textContent = `${rows.length} parts, ${ready} ready`;
    missing.hidden = ready === rows.length || rows.some((part) => part.state === "speaking");
    rows.forEach((part, at) => {
      const said = JSON.stringify(part);
      if (drawnParts.get(at) === said && list.children[at]) return;
      drawnParts.set(at, said);
      const row = build(part);
      if (String(part.number) === current) { player.pause(); current = null; }
      if (list.children[at]) list.children[at].replaceWith(row);
      else list.append(row);
    });
    while (list.children.length > rows.length) list.lastChild.remove();
    mark();
  };
  watch("value", show);
  show();
});

// --- Saved voices: a choice with details
defineComponent("voice_list", ({ element, props, trigger, watch }) => {
  const box = element.querySelector(".omni-voices");
  const name = `voice-${Math.random().toString(36).slice(2)}`;
  const show = () => {
    const voices = props.voices || [];
    if (props.value && !voices.some((voice) => voice.name === props.value)) props.value = null; // it was deleted
    const rows = voices.map((voice) => {
      const row = make("label", "omni-voice");
      const choice = make("input", "", "", { type: "radio", name, value: voice.name });
      choice.checked = voice.name === props.value;
      choice.addEventListener("change", () => { props.value = voice.name; trigger("input"); });
      const about = make("span");
      about.append(make("b", "", voice.label));
      for (const line of voice.about) about.append(make("span", "omni-quiet", line));
      row.append(choice, about);
      return row;
    });
    box.replaceChildren(make("legend", "", voices.length ? `Saved voices (${voices.length})` : "There are no saved voices on this server yet."), ...rows);
  };
  watch(["value", "voices"], () => {
    const choices = [...box.querySelectorAll("input")];
    if (choices.length === (props.voices || []).length && choices.every((input, at) => input.value === props.voices[at].name)) {
      for (const input of choices) input.checked = input.value === props.value;
    } else show();
  });
  show();
});

// --- The voices of a script: one choice for each speaker
defineComponent("cast", ({ element, props, trigger, watch }) => {
  const box = element.querySelector(".omni-cast");
  let drawnKey = "";
  const show = () => {
    const speakers = props.speakers || [];
    box.hidden = !speakers.length;
    const key = JSON.stringify([speakers, props.voices, props.value, props.left]);
    if (key === drawnKey) return;
    drawnKey = key;
    const rows = speakers.map((speaker) => {
      const row = make("label");
      const choice = make("select", "", "", { "aria-label": `Voice of ${speaker}` });
      for (const [label, value] of props.voices || []) choice.append(make("option", "", label, { value }));
      const wanted = props.value?.[speaker] || "";
      if (wanted && ![...choice.options].some((option) => option.value === wanted)) choice.append(make("option", "", wanted, { value: wanted }));
      choice.value = wanted;
      choice.addEventListener("change", () => {
        props.value = { ...props.value, [speaker]: choice.value };
        drawnKey = JSON.stringify([speakers, props.voices, props.value, props.left]);
        trigger("change");
      });
      row.append(make("span", "", speaker), choice);
      return row;
    });
    const left = props.left?.length ? [make("p", "omni-quiet", `Not spoken: ${props.left.join(" · ")}`)] : [];
    box.replaceChildren(make("p", "omni-cast-title", "Voices of the script"), ...rows, ...left);
  };
  watch(["value", "speakers", "voices", "left"], show);
  show();
});

// --- Recordings in WebM and MP4 count as films for the browser, and Gradio's audio field turns films away. Their
// sound is what is wanted here, so they go in as sound; what is really in them is looked at on the server's side.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "file" || !input.closest?.("#speech-ref_audio, #speech-audio_sample")) return;
  const files = [...input.files];
  if (!files.some((file) => file.type.startsWith("video/"))) return;
  const carried = new DataTransfer();
  for (const file of files) carried.items.add(new File([file], file.name, { type: file.type.replace("video/", "audio/") }));
  input.files = carried.files;
}, { capture: true });
