import assert from "node:assert/strict";
import { test } from "node:test";
import { fitted } from "../../../../omni_ui/features/talk/devices/camera.js";
import { Call } from "../../../../omni_ui/features/talk/call.js";
import { heardFraction } from "../../../../omni_ui/features/talk/captions.js";
import { sentenceFor } from "../../../../omni_ui/features/talk/devices/microphone.js";
import { SpeechDetector } from "../../../../omni_ui/features/talk/devices/speech_detector.js";
import { clock, lines, litAt, rounds, stretches } from "../../../../omni_ui/features/talk/replay/timeline.js";
import { toBase64 } from "../../../../omni_ui/core/js/base64.js";
import { mono } from "../../../../omni_ui/features/talk/devices/voice_sample.js";

/** A call with a line and a player that only take notes. */
const begun = (options = {}) => {
  const notes = { sent: [], played: [], states: [], cuts: [], notices: [], ended: [] };
  const call = new Call(options, {
    ready() {}, caption() {}, spoke() {}, level() {},
    state: (state) => notes.states.push(state),
    cut: (...cut) => notes.cuts.push(cut),
    notice: (text) => notes.notices.push(text),
    ended: (event) => notes.ended.push(event),
  });
  call.line = { send: (data) => notes.sent.push(data), close() {} };
  call.player = { port: { postMessage: (message) => notes.played.push(message) } };
  call.event({ type: "ready" });
  return { call, notes };
};
const sound = (number, milliseconds, rate = 24000) => {
  const frame = new DataView(new ArrayBuffer(4 + (2 * rate * milliseconds) / 1000));
  frame.setUint32(0, number, true);
  return frame.buffer;
};
const speaking = () => {
  const { call, notes } = begun();
  call.event({ type: "audio", turn: "first", number: 1, rate: 24000 });
  call.sound(sound(1, 2000));
  call.played({ type: "began", turn: 1 });
  call.played({ type: "heard", turn: 1, ms: 700 });
  return { call, notes };
};
const events = (notes) => notes.sent.filter((data) => typeof data === "string").map(JSON.parse);
const loud = (call, frames, loudness = 0.3) => { for (let i = 0; i < frames; i += 1) call.frame(new ArrayBuffer(640), loudness); };

test("speaking silences the answer, and the server hears how much was heard", () => {
  const { call, notes } = speaking();
  loud(call, 2);
  assert.equal(notes.cuts.length, 0, "40 ms may be a click");
  loud(call, 1);
  assert.deepEqual(notes.played.at(-1), { type: "stop" });
  assert.deepEqual(events(notes).slice(-2), [{ type: "played", turn: "first", ms: 700 }, { type: "interrupt", turn: "first" }]);
  assert.deepEqual(notes.cuts, [["first", 700, 2000]]);
});
test("what still comes of an answer that was cut off is not played", () => {
  const { call, notes } = speaking();
  loud(call, 3);
  const before = notes.played.length;
  call.sound(sound(1, 100));
  assert.equal(notes.played.length, before);
});
test("the state stays interrupted until there is something new, whoever noticed first", () => {
  const { call, notes } = speaking();
  loud(call, 3);
  call.event({ type: "turn-end", turn: "first", status: "interrupted" });
  call.event({ type: "state", state: "interrupted" }); // as a real duplex server: first the end, then the speech
  call.event({ type: "speech", on: true });
  call.event({ type: "state", state: "listening" });
  assert.equal(notes.states.at(-1), "interrupted");
  call.event({ type: "state", state: "thinking" });
  assert.equal(notes.states.at(-1), "thinking");
  call.event({ type: "state", state: "listening" });
  assert.equal(notes.states.at(-1), "listening");
});
test("while an answer is heard the page says so, though the server listens already", () => {
  const { call, notes } = speaking();
  call.event({ type: "turn-end", turn: "first", status: "completed" });
  call.event({ type: "state", state: "listening" });
  assert.equal(notes.states.at(-1), "speaking");
  call.played({ type: "over", turn: 1 });
  assert.equal(notes.states.at(-1), "listening");
});
test("held to talk, only what is held is sent", () => {
  const { call, notes } = begun({ hold: true });
  loud(call, 5);
  assert.equal(notes.sent.length, 0);
  call.hold(true);
  loud(call, 5);
  call.hold(false);
  assert.equal(notes.sent.filter((data) => typeof data !== "string").length, 5);
  assert.deepEqual(events(notes), [{ type: "release" }]);
});
test("a question in writing ends the answer that is heard", () => {
  const { call, notes } = speaking();
  call.write("And now?");
  assert.deepEqual(events(notes).at(-1), { type: "text", text: "And now?" });
  assert.deepEqual(notes.cuts, [["first", 700, 2000]]);
});
test("sound of a turn that nobody announced is left out", () => {
  const { call, notes } = begun();
  call.sound(sound(7, 100));
  assert.equal(notes.played.length, 0);
});
test("a call ends once", () => {
  const { call, notes } = begun();
  call.end({ text: "first", failed: true });
  call.end({ text: "second", failed: false });
  assert.deepEqual(notes.ended, [{ text: "first", failed: true }]);
});

test("speech is told from the noise of a room", () => {
  const detector = new SpeechDetector();
  for (let i = 0; i < 200; i += 1) assert.equal(detector.feed(0.01), false);
  assert.deepEqual([0.1, 0.1, 0.1, 0.1].map((loudness) => detector.feed(loudness)), [false, false, true, false]);
});
test("how much was heard lies between nothing and all", () => {
  assert.deepEqual([heardFraction(500, 2000), heardFraction(9, 0), heardFraction(3000, 2000)], [0.25, 0, 1]);
});
test("a refused microphone says what to do", () => {
  assert.match(sentenceFor({ name: "NotAllowedError" }), /allow it/);
  assert.match(sentenceFor({ name: "NotFoundError" }), /plug one in/);
  assert.match(sentenceFor({ name: "NotReadableError" }), /Another program/);
  assert.match(sentenceFor(new Error("odd")), /another one/);
});
test("pictures keep their shape and are never enlarged", () => {
  assert.deepEqual(fitted(1920, 1080), [640, 360]);
  assert.deepEqual(fitted(1080, 1920), [360, 640]);
  assert.deepEqual(fitted(320, 200), [320, 200]);
  assert.deepEqual(fitted(64000, 10), [640, 1]);
});
test("both channels of a voice sample count", () => {
  assert.deepEqual([...mono([new Float32Array([1, 0]), new Float32Array([0, 0])])], [0.5, 0]);
});
test("bytes become base64, however many", () => {
  const bytes = Uint8Array.from({ length: 20000 }, (_, i) => i % 251);
  assert.equal(toBase64(bytes.buffer), Buffer.from(bytes).toString("base64"));
});
test("a microphone that is gone is replaced, or the visitor reads what to do", async () => {
  const { call, notes } = begun();
  call.microphone = { use: async () => {}, close() {} };
  await call.lost();
  assert.equal(notes.notices.length, 1);
  call.microphone.use = async () => { throw new Error("none"); };
  await call.lost();
  assert.match(notes.notices.at(-1), /plug one in/);
  assert.equal(notes.ended.length, 0, "the call goes on");
});
test("the sound goes on after the computer slept", () => {
  const { call } = begun();
  let resumed = 0;
  call.context = { state: "suspended", resume: () => { resumed += 1; }, close() {} };
  call.wake();
  call.end({ text: "", failed: false });
  call.wake();
  assert.equal(resumed, 1, "not after the call");
});

const document_ = {
  duration_ms: 10000,
  captions: [
    { speaker: "you", text: "", at_ms: 1000, end_ms: 2000, turn: "", heard: true },
    { speaker: "model", text: "First words. ", at_ms: 2500, end_ms: 4000, turn: "a", heard: true },
    { speaker: "model", text: "Never heard.", at_ms: 4000, end_ms: 6000, turn: "a", heard: false },
    { speaker: "you", text: "And now?", at_ms: 7000, end_ms: 7000, turn: "", heard: true },
  ],
  turns: [
    { turn: "a", first_audio_ms: 2500, audio_ms: 9000, heard_ms: 1500, status: "interrupted", server_ms: 500, page_ms: 20 },
    { turn: "b", first_audio_ms: null, audio_ms: 0, heard_ms: null, status: "failed", server_ms: null, page_ms: null },
  ],
};
test("both sides lie on one timeline, an interrupted answer as far as it was heard", () => {
  assert.deepEqual(stretches(document_), [
    { who: "you", from: 1000, to: 2000, cut: false },
    { who: "model", from: 2500, to: 4000, cut: true },
  ]);
});
test("captions light up while they are heard", () => {
  const shown = lines(document_);
  assert.deepEqual(shown.map((line) => [line.text.trim(), line.at_ms, line.to]), [["First words.", 2500, 4000], ["Never heard.", 4000, 6000], ["And now?", 7000, 7000]]);
  assert.deepEqual([0, 2500, 3999, 4000, 7200, 7500].map((ms) => litAt(shown, ms)), [[], [0], [0], [1], [2], []]);
});
test("each answer has its words and its latency", () => {
  assert.deepEqual(rounds(document_), [
    { answer: "First words. Never heard.", status: "interrupted", server: 500, page: 20 },
    { answer: "", status: "failed", server: null, page: null },
  ]);
});
test("times of a call are minutes and seconds", () => assert.equal(clock(75400), "1:15"));
