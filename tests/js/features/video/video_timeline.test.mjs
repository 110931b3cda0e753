import assert from "node:assert/strict";
import { test } from "node:test";
import { pickMediaSource, SegmentQueue, typeOf } from "../../../../omni_ui/features/video/watch/segment_queue.js";
import { inOrder, lengthOf, nextSecond, readChanges, shareOf, tidyKeys, writeChanges } from "../../../../omni_ui/features/video/watch/timeline_changes.js";

test("a timeline is read from text or a list, in order, and what is none is left out", () => {
  const list = [{ at: 3, prompt: "b" }, { at: "1.239", keys: "Lw!" }, 7, null, { at: 2 }, { at: -4, prompt: "a", transition_chunks: 2 }];
  const read = [{ at: 0, prompt: "a", transition_chunks: 2 }, { at: 1.24, keys: "wl" }, { at: 3, prompt: "b" }];
  assert.deepEqual(readChanges(list), read);
  assert.deepEqual(readChanges(JSON.stringify(list)), read);
  for (const nothing of ["", "nonsense", "{}", null, undefined, 7]) assert.deepEqual(readChanges(nothing), []);
});

test("what is written is what is read, without rows that say nothing yet", () => {
  const changes = [{ at: 2, prompt: "snow" }, { at: 1, prompt: "  " }, { at: 1.5, keys: "" }];
  assert.deepEqual(readChanges(writeChanges(changes)), [{ at: 1.5, keys: "" }, { at: 2, prompt: "snow" }]);
  assert.equal(writeChanges([{ at: 1, prompt: "" }]), "");
  assert.equal(tidyKeys("xDaW"), "wad");
});

test("changes of one second keep their order", () => {
  const [a, b, c] = [{ at: 1, prompt: "a" }, { at: 1, prompt: "b" }, { at: 0, prompt: "c" }];
  assert.deepEqual(inOrder([a, b, c]), [c, a, b]);
});

test("a new row stands a second behind the last one, and within the video where its length is known", () => {
  assert.equal(nextSecond([], 0), 1);
  assert.equal(nextSecond([{ at: 2.5, prompt: "a" }], 0), 3.5);
  assert.equal(nextSecond([{ at: 2.5, prompt: "a" }], 3), 3);
  assert.equal(lengthOf({ frames: "81", rate: "16", seconds: "9" }), 81 / 16);
  assert.equal(lengthOf({ frames: "", rate: "", seconds: "4" }), 4);
  assert.equal(lengthOf({}), 0);
  assert.equal(shareOf(2, 4), 50);
  assert.equal(shareOf(9, 4), 100);
});

test("an iPhone's managed source is used, and a browser without any is known", () => {
  assert.equal(pickMediaSource({ ManagedMediaSource: "managed", MediaSource: "plain" }), "managed");
  assert.equal(pickMediaSource({ MediaSource: "plain" }), "plain");
  assert.equal(pickMediaSource({}), null);
  assert.equal(typeOf("avc1.640028"), 'video/mp4; codecs="avc1.640028"');
});

/** A SourceBuffer that takes pieces when it is told, and holds `room` of them. */
class Buffer extends EventTarget {
  constructor(room = Infinity) {
    super();
    Object.assign(this, { room, updating: false, taken: [], removed: [] });
    this.buffered = { length: 1, start: () => 0 };
  }

  appendBuffer(data) {
    if (this.taken.length >= this.room) throw Object.assign(new Error("full"), { name: "QuotaExceededError" });
    this.taken.push(data);
    this.updating = true;
  }

  remove(from, to) {
    this.removed.push([from, to]);
    this.room += 1;
    this.updating = true;
  }

  done() {
    this.updating = false;
    this.dispatchEvent(new Event("updateend"));
  }
}

test("pieces go in one after the other, and the end comes when all are in", () => {
  const buffer = new Buffer();
  let ended = 0;
  const queue = new SegmentQueue(buffer, () => 0, assert.fail);
  queue.add("a");
  queue.add("b");
  queue.end(() => { ended += 1; });
  assert.deepEqual([buffer.taken, ended], [["a"], 0]);
  buffer.done();
  assert.deepEqual([buffer.taken, ended], [["a", "b"], 0]);
  buffer.done();
  assert.equal(ended, 1);
});

test("what was seen makes room, and a buffer that takes nothing any more is said once", () => {
  const buffer = new Buffer(1);
  let failures = 0;
  let position = 30;
  const queue = new SegmentQueue(buffer, () => position, () => { failures += 1; });
  for (const data of ["a", "b", "c"]) queue.add(data);
  buffer.done();
  assert.deepEqual(buffer.removed, [[0, 20]]);
  position = 5;
  buffer.done();
  buffer.done();
  assert.deepEqual([buffer.taken, failures], [["a", "b"], 1]);
  queue.add("d");
  buffer.dispatchEvent(new Event("error"));
  assert.equal(failures, 1);
});
