import assert from "node:assert/strict";
import { test } from "node:test";
import { makeSwitch, reasonsToWait } from "../../../omni_ui/features/speech/listenable.js";

test("why a speech is not heard while it is made is said at the setting that keeps it from being", () => {
  assert.deepEqual(reasonsToWait("wav", 1), { response_format: "", speed: "" });
  assert.deepEqual(reasonsToWait("pcm", null), { response_format: "", speed: "" });
  assert.match(reasonsToWait("mp3", 1).response_format, /WAV and PCM/);
  assert.equal(reasonsToWait("mp3", 1).speed, "");
  assert.match(reasonsToWait("wav", 1.5).speed, /speed 1/);
});

test("listening is switched off where it cannot be, and on again when it can", () => {
  const follow = makeSwitch();
  assert.equal(follow("mp3", 1, true), false);
  assert.equal(follow("flac", 1, false), false);
  assert.equal(follow("flac", 2, false), false);
  assert.equal(follow("wav", 2, false), false);
  assert.equal(follow("wav", 1, false), true);
  assert.equal(follow("wav", 1, false), null, "told twice: the first answer holds");
});

test("listening that the visitor switched off stays off", () => {
  const follow = makeSwitch();
  assert.equal(follow("mp3", 1, false), false);
  assert.equal(follow("wav", 1, false), false);
  assert.equal(follow("pcm", 1, true), true);
});
