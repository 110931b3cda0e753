// The microphone beside a prompt: recorded here, as a WAV file of 16 kHz, until Done or the longest time.
import { make, setBusy } from "../../core/js/dom.js";
import { toBase64 } from "../../core/js/base64.js";
import { wavHeader } from "../../core/audio/wav.js";
import { Microphone, microphoneProblem } from "../talk/devices/microphone.js";

const RATE = 16000;
const SENTENCES = {
  NotAllowedError: "The microphone is blocked: allow it next to the page's address, then try again.",
  NotFoundError: "No microphone was found: plug one in, then try again.",
  NotReadableError: "Another program is using the microphone: close it, then try again.",
};
export const refusal = (error) => SENTENCES[error?.name] || "The microphone could not be opened: try another one.";

/** A WAV file as base64. frames: ArrayBuffers of 16 bit samples. */
export const asBase64 = (frames) => {
  const bytes = frames.reduce((sum, frame) => sum + frame.byteLength, 0);
  const file = new Uint8Array(44 + bytes);
  file.set(new Uint8Array(wavHeader(bytes, RATE, 1)));
  let at = 44;
  for (const frame of frames) { file.set(new Uint8Array(frame), at); at += frame.byteLength; }
  return toBase64(file);
};

/** Records until Done; the WAV as base64, null when it was called off. longest: seconds. */
export const dictate = async ({ answer, button, longest, fail }) => {
  const problem = microphoneProblem();
  if (problem) { fail(problem); return null; }
  const frames = [];
  const context = new AudioContext();
  setBusy(button, true);
  return new Promise((resolve) => {
    const done = make("button", { type: "button", class: "omni-small", "data-act": "done" }, "Done");
    const cancel = make("button", { type: "button", class: "omni-small", "data-act": "cancel" }, "Cancel");
    const clock = make("span", { class: "omni-assist-clock" }, "0 s");
    const level = make("span", { class: "omni-assist-level", "aria-hidden": "true" });
    const end = (result) => {
      microphone.close();
      context.close();
      setBusy(button, false);
      document.removeEventListener("keydown", escape);
      if (result === null) answer.replaceChildren();
      resolve(result);
    };
    const escape = (event) => { if (event.key === "Escape") end(null); };
    const microphone = new Microphone(context, (pcm, loudness) => {
      frames.push(pcm);
      const seconds = frames.length / 50;
      clock.textContent = `${Math.floor(seconds)} s`;
      level.style.setProperty("--level", Math.min(1, loudness * 6).toFixed(2));
      if (seconds >= longest) end(asBase64(frames));
    }, () => end(frames.length ? asBase64(frames) : null));
    done.addEventListener("click", () => end(frames.length ? asBase64(frames) : null));
    cancel.addEventListener("click", () => end(null));
    document.addEventListener("keydown", escape);
    microphone.open("").then(() => {
      answer.replaceChildren(make("p", { class: "omni-quiet", role: "status" }, make("span", {}, "Speak now."), " ", level, clock, " ", done, cancel));
      done.focus({ preventScroll: true });
    }, (error) => { end(null); fail(refusal(error)); });
  });
};
