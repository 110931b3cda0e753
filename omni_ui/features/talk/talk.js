// The Talk tab (omni_ui/tabs/talk.py): the call button, captions, and what a call needs.
import { defineComponent } from "../../core/js/components.js";
import { make } from "../../core/js/dom.js";
import { sessionId } from "../../core/js/session.js";
import { Call } from "./call.js";
import { Camera, cameraSentence } from "./devices/camera.js";
import { Captions } from "./captions.js";
import { microphoneProblem, microphones, sentenceFor } from "./devices/microphone.js";
import { readVoice } from "./devices/voice_sample.js";

const STATES = {
  idle: "Not in a call",
  connecting: "Calling …",
  listening: "Listening",
  thinking: "Thinking",
  speaking: "The model speaks",
  interrupted: "Interrupted: listening",
};
const IDLE = "Your microphone is on only during a call.";

defineComponent("talk", ({ element }) => {
  const find = (selector) => element.querySelector(selector);
  const [start, stop, hold] = ["#talk-run", "#talk-stop", ".omni-call-hold"].map(find);
  const [status, profile, notice, kept] = ["#talk-status", ".omni-call-profile", ".omni-call-notice", ".omni-call-kept"].map(find);
  const [mute, volume, device, meter] = [".omni-call-mute", ".omni-call-volume", ".omni-call-device", ".omni-call-level"].map(find);
  const [voice, instructions, holds] = ["#talk-voice input", "#talk-instructions textarea", "#talk-hold input"].map(find);
  const [written, sample, write, view] = ["#talk-written input", "#talk-ref_audio input", "#talk-text", ".omni-call-view"].map(find);
  const [shows, picture, pictureLabel] = ["#talk-camera select", "#talk-camera-file input", "#talk-camera-file"].map(find);
  const captions = new Captions(find("#talk-result"));
  let call = null;
  let camera = null;

  const say = (text, level = "info") => {
    notice.textContent = text;
    notice.dataset.level = level;
    notice.hidden = !text;
  };
  const show = (state) => {
    element.querySelector(".omni-call").dataset.state = state;
    status.textContent = STATES[state];
  };
  const inCall = (on) => {
    start.hidden = on;
    stop.hidden = !on;
    mute.disabled = !on;
    hold.hidden = !(on && holds.checked);
    write.hidden = true;
    for (const field of [voice, instructions, holds, written, sample, shows, picture]) field.disabled = on;
    (on ? stop : start).focus({ preventScroll: true });
  };

  const listDevices = async () => {
    const chosen = device.value;
    const listed = await microphones();
    device.replaceChildren(make("option", { value: "" }, "Default microphone"),
      ...listed.map((input, i) => make("option", { value: input.deviceId }, input.label || `Microphone ${i + 1}`)));
    device.value = listed.some((input) => input.deviceId === chosen) ? chosen : "";
  };

  const closeCamera = () => {
    camera?.close();
    camera = null;
  };
  const openCamera = async () => {
    if (!shows.value) return;
    if (shows.value === "file" && !picture.files[0]) throw new Error("Choose the picture or video that the model should see.");
    camera = new Camera(view, (data) => call?.send({ type: "frame", data }), () => {
      closeCamera();
      say("The video ended: the call continues with sound only.");
    });
    try {
      await camera.open(shows.value, picture.files[0]);
    } catch (error) {
      throw new Error(cameraSentence(error));
    }
  };

  const handlers = {
    ready: ({ says, video, text }) => {
      profile.textContent = says;
      write.hidden = !text;
      if (camera && video) camera.start();
      else if (camera) {
        closeCamera();
        say("This server accepts no pictures: the call continues with sound only.");
      }
      show("listening");
    },
    state: (state) => call && show(state),
    caption: ({ who, turn, text }) => captions.add(who, turn, text),
    spoke: () => captions.spoke(),
    level: (loudness) => {
      const level = Math.min(1, loudness * 6).toFixed(2);
      if (level !== meter.dataset.level) meter.style.setProperty("--level", level);
      meter.dataset.level = level;
    },
    notice: say,
    cut: (turn, heard, all) => captions.cut(turn, heard, all),
    ended: ({ text, failed, record }) => {
      call = null;
      closeCamera();
      inCall(false);
      show("idle");
      profile.textContent = IDLE;
      meter.style.setProperty("--level", 0);
      if (text) say(text, failed ? "error" : "info");
      kept.hidden = !record;
    },
  };

  start.onclick = async () => {
    const problem = microphoneProblem();
    if (problem) return say(problem, "error");
    captions.clear();
    say("");
    kept.hidden = true;
    profile.textContent = "";
    show("connecting");
    inCall(true);
    const options = {
      hold: holds.checked, written: written.checked, voice: voice.value, instructions: instructions.value, session: sessionId(),
    };
    try {
      await openCamera();
      if (sample.files[0]) options.ref_audio = await readVoice(sample.files[0]);
    } catch (error) {
      return handlers.ended({ text: error.message, failed: true });
    }
    call = new Call({ ...options, camera: Boolean(camera) }, handlers);
    find(".omni-call").omniCall = call; // for the tests
    try {
      await call.start(device.value);
      call.volume.gain.value = Number(volume.value);
      mute.setAttribute("aria-pressed", "false");
      listDevices();
    } catch (error) {
      call?.end({ text: sentenceFor(error), failed: true });
    }
  };
  stop.onclick = () => call?.hangUp();
  mute.onclick = () => {
    const muted = mute.getAttribute("aria-pressed") !== "true";
    mute.setAttribute("aria-pressed", String(muted));
    call.microphone.muted = muted;
  };
  shows.onchange = () => { pictureLabel.hidden = shows.value !== "file"; };
  write.onsubmit = (event) => {
    event.preventDefault();
    const [field] = write.elements;
    if (!call || !field.value.trim()) return;
    call.write(field.value.trim());
    field.value = "";
  };
  volume.oninput = () => { if (call?.volume) call.volume.gain.value = Number(volume.value); };
  device.onchange = () => call?.microphone?.use(device.value).catch((error) => say(sentenceFor(error), "error"));
  holds.onchange = () => { hold.hidden = !(call && holds.checked); };
  hold.onpointerdown = (event) => {
    hold.setPointerCapture(event.pointerId);
    call?.hold(true);
  };
  hold.onpointerup = hold.onpointercancel = () => call?.hold(false);
  hold.onkeydown = (event) => { if (event.key === " " && !event.repeat) { event.preventDefault(); call?.hold(true); } };
  hold.onkeyup = (event) => { if (event.key === " ") call?.hold(false); };
  hold.onblur = () => call?.hold(false);
  navigator.mediaDevices?.addEventListener?.("devicechange", listDevices);
  listDevices();
  show("idle");
  start.disabled = false; // until now a click would have been lost
});
