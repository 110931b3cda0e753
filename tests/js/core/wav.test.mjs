import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeWav, wavHeader } from "../../../omni_ui/core/audio/wav.js";

const letters = (view, at) => String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));

test("a header names its four chunks", () => {
  const view = new DataView(wavHeader(8, 24000, 2));
  assert.deepEqual([0, 8, 12, 36].map((at) => letters(view, at)), ["RIFF", "WAVE", "fmt ", "data"]);
});
test("a header holds rate, channels and sizes", () => {
  const view = new DataView(wavHeader(8, 24000, 2));
  assert.equal(view.byteLength, 44);
  assert.equal(view.getUint32(4, true), 44);
  assert.equal(view.getUint16(20, true), 1);
  assert.equal(view.getUint16(22, true), 2);
  assert.equal(view.getUint32(24, true), 24000);
  assert.equal(view.getUint32(28, true), 96000);
  assert.equal(view.getUint16(32, true), 4);
  assert.equal(view.getUint16(34, true), 16);
  assert.equal(view.getUint32(40, true), 8);
});
test("samples become whole numbers behind the header", () => {
  const view = new DataView(encodeWav(new Float32Array([0, 1, -1, 0.5]), 16000));
  assert.equal(view.byteLength, 52);
  assert.deepEqual([0, 1, 2, 3].map((i) => view.getInt16(44 + 2 * i, true)), [0, 32767, -32767, 16383]);
});
test("what is too loud is clipped and does not turn over", () => {
  const view = new DataView(encodeWav(new Float32Array([3, -3]), 16000));
  assert.deepEqual([view.getInt16(44, true), view.getInt16(46, true)], [32767, -32767]);
});
test("no sound is a file with a header alone", () => assert.equal(encodeWav(new Float32Array(0), 16000).byteLength, 44));
