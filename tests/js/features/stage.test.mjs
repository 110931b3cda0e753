import assert from "node:assert/strict";
import { test } from "node:test";
import { isUnchanged } from "../../../omni_ui/features/stage/changed.js";
import { takeOut } from "../../../omni_ui/features/send_to/fit_actions.js";
import { roomForWords, secondsOf, shareOf } from "../../../omni_ui/features/stage/progress.js";

test("an empty setting is one that stands at the model's default", () => {
  for (const value of [null, undefined, "", []]) assert.ok(isUnchanged(value, null));
  assert.ok(isUnchanged(1, "1"));
  assert.ok(!isUnchanged(0, null));
  assert.ok(!isUnchanged(false, true));
});

test("an estimate in words is a number of seconds, the longest that it names", () => {
  assert.equal(secondsOf("about 3 to 5 s, from 7 runs like this"), 5);
  assert.equal(secondsOf("under 0.4 s, from 3 runs like this"), 0.4);
  assert.equal(secondsOf("about 4 to 6 min, from 3 runs like this"), 360);
  assert.equal(secondsOf("大约 3 到 5 秒，来自 7 次类似运行"), 5);
  assert.equal(secondsOf(""), 0);
});

test("the bar is never full before the run is over, and empty without an estimate", () => {
  assert.equal(shareOf(2, 4), 0.5);
  assert.equal(shareOf(9, 4), 0.97);
  assert.equal(shareOf(3, 0), 0);
});

test("the words of a speech have room by their number, until they scroll", () => {
  assert.equal(roomForWords(0, 366), "");
  assert.equal(roomForWords(12, 366), "99px");
  assert.equal(roomForWords(60, 366), "126px");
  assert.equal(roomForWords(60, 883), "99px");
  assert.equal(roomForWords(599, 366), "292px");
  assert.equal(roomForWords(600, 366), "");
});

test("of a row that is too wide the last buttons are taken out, as few as need be", () => {
  const widths = { edit: 60, video: 200, chat: 70 };
  const outOf = (room) => {
    const out = new Set(["chat"]); // from a narrower window
    const fits = () => Object.entries(widths).reduce((sum, [name, width]) => sum + (out.has(name) ? 0 : width), 0) <= room;
    takeOut(Object.keys(widths), fits, (name, on) => (on ? out.add(name) : out.delete(name)));
    return [...out];
  };
  assert.deepEqual([400, 300, 100, 10].map(outOf), [[], ["chat"], ["chat", "video"], ["chat", "video", "edit"]]);
});
