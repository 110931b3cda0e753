// A speech that cannot be played while it is made: why is said at the setting, and "Listen while generating" follows.
import { defineAction } from "../../core/js/components.js";
import { make } from "../../core/js/dom.js";

const FORMAT = "Plays when it is complete; WAV and PCM play while they are made.";
const SPEED = "Plays when it is complete; speed 1 plays while it is made.";
const NOTE = "omni-plays-later"; // its class

/** By setting, why the speech is not heard while it is made; both empty where it is. */
export const reasonsToWait = (format, speed) => ({
  response_format: ["wav", "pcm"].includes(format) ? "" : FORMAT, // what servers send while they make it
  speed: Number(speed ?? 1) === 1 ? "" : SPEED,
});

/** From (format, speed, whether it is on) to whether it is on then. What it switches off, it switches on again; null
 * leaves it: Gradio tells of one choice twice, and what it tells the second time may be old. */
export const makeSwitch = () => {
  let wasOn = false;
  let heard = ""; // the last format and speed at which it can be on
  return (format, speed, on) => {
    if (Object.values(reasonsToWait(format, speed)).some(Boolean)) {
      wasOn ||= on;
      heard = "";
      return false;
    }
    const key = `${format} ${speed}`;
    if (key === heard) return null;
    heard = key;
    const next = on || wasOn;
    wasOn = false;
    return next;
  };
};

const follow = makeSwitch();
defineAction("listen_or_wait", ([format, speed, on]) => follow(format, speed, on) ?? { __type__: "update" });
defineAction("say_what_waits", ([format, speed]) => {
  for (const [name, words] of Object.entries(reasonsToWait(format, speed))) {
    const control = document.getElementById(`speech-${name}`);
    control?.querySelector(`.${NOTE}`)?.remove();
    if (words) control?.append(make("p", { class: NOTE, role: "status" }, words));
  }
  return [];
});
