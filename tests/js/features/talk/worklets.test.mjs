import assert from "node:assert/strict";
import { test } from "node:test";

// What the browser gives to a worklet.
const BLOCK = 128;
const classes = {};
globalThis.sampleRate = 48000;
globalThis.currentTime = 0;
globalThis.registerProcessor = (name, processor) => { classes[name] = processor; };
globalThis.AudioWorkletProcessor = class {
  constructor() {
    this.messages = [];
    this.port = { postMessage: (message) => this.messages.push(message) };
  }
};
await import("../../../../omni_ui/features/talk/devices/playback_worklet.js");
await import("../../../../omni_ui/features/talk/devices/capture_worklet.js");

const started = (name, rate) => {
  globalThis.sampleRate = rate;
  globalThis.currentTime = 0;
  return new classes[name]();
};
const passed = () => { globalThis.currentTime += BLOCK / sampleRate; };
/** So many seconds of what the player gives out. */
const played = (player, seconds) => {
  const samples = [];
  for (let i = 0; i < Math.round((seconds * sampleRate) / BLOCK); i += 1) {
    const channel = new Float32Array(BLOCK);
    player.process([], [[channel]]);
    samples.push(...channel);
    passed();
  }
  return samples;
};
const give = (player, turn, samples, rate = 24000) => player.port.onmessage({ data: { type: "sound", turn, rate, pcm: Int16Array.from(samples).buffer } });
const sine = (milliseconds, rate, from = 0) => Array.from({ length: (milliseconds * rate) / 1000 }, (_, i) => 16000 * Math.sin((2 * Math.PI * 200 * (i + from)) / rate));
const steady = (milliseconds, rate = 24000) => Array.from({ length: (milliseconds * rate) / 1000 }, () => 16384);
const silentSeconds = (samples) => samples.filter((sample) => sample === 0).length / sampleRate;
const types = (player) => player.messages.map(({ type }) => type).filter((type) => type !== "heard");

test("an answer is heard from its first piece on, at the browser's rate, without a step between its pieces", () => {
  for (const [rate, browser] of [[24000, 48000], [24000, 44100], [16000, 48000], [48000, 44100]]) {
    const player = started("omni-playback", browser);
    for (let at = 0; at < 10; at += 1) give(player, 1, sine(20, rate, (at * rate) / 50), rate);
    const samples = played(player, 0.19);
    const expected = samples.map((_, i) => (16000 / 32768) * Math.sin((2 * Math.PI * 200 * i) / browser));
    const worst = Math.max(...samples.map((sample, i) => Math.abs(sample - expected[i])));
    assert.ok(worst < 0.002, `${rate} to ${browser}: ${worst}`);
  }
});
test("what was heard is counted in the answer's own time", () => {
  const player = started("omni-playback", 44100);
  give(player, 3, steady(1000));
  player.port.onmessage({ data: { type: "end", turn: 3 } });
  played(player, 0.5);
  const half = player.messages.filter(({ type }) => type === "heard").at(-1).ms;
  assert.ok(Math.abs(half - 450) <= 55, String(half)); // every tenth of a second
  played(player, 0.6);
  assert.deepEqual(types(player), ["began", "over"]);
  assert.equal(player.messages.filter(({ type }) => type === "heard").at(-1).ms, 1000);
});
test("a piece that is late once makes a gap as long as it is late, and the same delay no second one", () => {
  const player = started("omni-playback", 48000);
  give(player, 1, steady(80));
  const gap = silentSeconds(played(player, 0.1));
  assert.ok(Math.abs(gap - 0.02) < 0.003, String(gap));
  const later = [];
  for (let i = 0; i < 20; i += 1) {
    give(player, 1, steady(80));
    later.push(...played(player, 0.08));
  }
  assert.equal(silentSeconds(later), 0);
});
test("where pieces go on coming too late it waits for more each time, so that there are few gaps", () => {
  const player = started("omni-playback", 48000);
  let gaps = 0;
  for (let i = 0; i < 300; i += 1) { // 40 ms of sound every 44 ms
    const before = player.drySince;
    give(player, 1, steady(40));
    played(player, 0.044);
    if (before === null && player.drySince !== null) gaps += 1;
  }
  assert.ok(gaps <= 12, `${gaps} gaps in 13 s`);
  assert.ok(types(player).includes("dry"), "the page says so");
});
test("a gap that nobody hears is not spoken of, and the end of an answer is none", () => {
  const player = started("omni-playback", 48000);
  give(player, 1, steady(80));
  played(player, 0.09);
  give(player, 1, steady(80));
  played(player, 0.06);
  player.port.onmessage({ data: { type: "end", turn: 1 } });
  played(player, 0.1);
  assert.deepEqual(types(player), ["began", "over"]);
});
test("an answer whose end is told after it was heard is over then", () => {
  const player = started("omni-playback", 48000);
  give(player, 1, steady(80));
  played(player, 0.085);
  player.port.onmessage({ data: { type: "end", turn: 1 } });
  played(player, 0.01);
  assert.deepEqual(types(player), ["began", "over"]);
});
test("stopped, it is silent at once, and the next answer begins at once", () => {
  const player = started("omni-playback", 48000);
  give(player, 1, steady(500));
  played(player, 0.1);
  player.port.onmessage({ data: { type: "stop" } });
  assert.equal(silentSeconds(played(player, 0.016)), 0.016);
  give(player, 2, steady(100));
  assert.equal(silentSeconds(played(player, 0.08)), 0);
  assert.deepEqual(types(player), ["began", "began"]);
});
test("an answer that comes while another one was waited for is heard", () => {
  const player = started("omni-playback", 48000);
  give(player, 1, steady(10));
  played(player, 0.1);
  give(player, 2, steady(5));
  played(player, 0.003);
  assert.deepEqual(types(player), ["began", "dry", "began"]);
});
test("nothing that is over is kept", () => {
  const player = started("omni-playback", 48000);
  for (let turn = 1; turn < 500; turn += 1) {
    give(player, turn, steady(5));
    player.port.onmessage({ data: { type: "end", turn } });
    played(player, 0.011);
  }
  assert.ok(player.ended.size <= 2 && player.pieces.length <= 1);
});

const capture = (rate, samples) => {
  const worklet = started("omni-capture", rate);
  for (let at = 0; at + BLOCK <= samples.length; at += BLOCK) worklet.process([[Float32Array.from(samples.slice(at, at + BLOCK))]]);
  return worklet;
};
test("the microphone is given on as 16 kHz, 20 ms at a time, whatever the browser's rate", () => {
  for (const rate of [48000, 44100, 16000, 96000]) {
    const samples = Array.from({ length: rate }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 200 * i) / rate));
    const frames = capture(rate, samples).messages;
    assert.ok(frames.length === 49 || frames.length === 50, `${rate}: ${frames.length}`);
    assert.ok(frames.every(({ pcm }) => pcm.byteLength === 640));
    const pcm = frames.flatMap((frame) => [...new Int16Array(frame.pcm)]);
    const turns = pcm.filter((sample, i) => i && sample >= 0 && pcm[i - 1] < 0).length;
    assert.ok(Math.abs(turns - 4 * frames.length) <= 2, `${rate}: ${turns} waves`);
    assert.ok(frames.slice(1).every(({ loudness }) => Math.abs(loudness - 0.5 / Math.SQRT2) < 0.02));
  }
});
test("muted it gives on silence, and what is too loud is cut", () => {
  const worklet = capture(16000, Array.from({ length: 640 }, () => 3));
  assert.deepEqual([...new Set(new Int16Array(worklet.messages[0].pcm))], [32767]);
  worklet.port.onmessage({ data: { muted: true } });
  worklet.process([[new Float32Array(BLOCK * 5).fill(0.5)]]);
  assert.deepEqual([...new Set(new Int16Array(worklet.messages.at(-1).pcm))], [0]);
  assert.equal(worklet.messages.at(-1).loudness, 0);
});
