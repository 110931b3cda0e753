import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Line } from "../../../../omni_ui/features/talk/line.js";

globalThis.document ??= { querySelector: () => null };
globalThis.location ??= { origin: "http://page", pathname: "/" };
globalThis.window ??= globalThis;
let sockets = [];
globalThis.WebSocket = class {
  static OPEN = 1;

  constructor(url) {
    Object.assign(this, { url, sent: [], readyState: 0, bufferedAmount: 0 });
    sockets.push(this);
  }

  send(data) { this.sent.push(data); }

  close(code) { Object.assign(this, { readyState: 3, code }); }

  opened() {
    this.readyState = 1;
    this.onopen();
  }

  says(event) { this.onmessage({ data: JSON.stringify(event) }); }
};

/** A line in a call, and what it told. */
const begun = () => {
  sockets = [];
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  const notes = [];
  const line = new Line({
    event: ({ type }) => notes.push(type), sound: (data) => notes.push(data.byteLength),
    cut: () => notes.push("cut"), back: () => notes.push("back"), gone: () => notes.push("gone"),
  });
  line.open({ hold: false });
  sockets[0].opened();
  sockets[0].says({ type: "ready", call: "secret" });
  return { line, notes };
};
const drop = (socket) => {
  socket.readyState = 3;
  socket.onclose?.();
};

test("a line that is cut is taken up again, and neither side misses or repeats anything", () => {
  const { line, notes } = begun();
  assert.deepEqual(JSON.parse(sockets[0].sent[0]), { hold: false, type: "start", resumes: true });
  line.send("one");
  line.send("two");
  sockets[0].onmessage({ data: new ArrayBuffer(8) });
  drop(sockets[0]);
  line.send("three");
  mock.timers.tick(500);
  sockets[1].opened();
  assert.match(sockets[1].url, /\/omni\/talk\?resume$/);
  assert.deepEqual(JSON.parse(sockets[1].sent[0]), { type: "resume", call: "secret", received: 2 });
  line.send("four");
  assert.equal(sockets[1].sent.length, 1, "the app has not said yet what it has");
  sockets[1].says({ type: "resumed", received: 1 });
  line.send("five");
  assert.deepEqual(sockets[1].sent.slice(1), ["two", "three", "four", "five"]);
  assert.deepEqual(notes, ["ready", 8, "cut", "back"]);
});
test("a line that takes nothing any more is given up for another one, before the sound fills the memory", () => {
  const { line, notes } = begun();
  sockets[0].bufferedAmount = 2_000_000;
  line.send(new ArrayBuffer(640));
  assert.equal(sockets[0].sent.length, 1, "nothing after the start");
  assert.equal(notes.at(-1), "cut");
  for (let i = 0; i < 5000; i += 1) line.send(new ArrayBuffer(640));
  assert.ok(line.size <= 1_000_000);
  mock.timers.tick(500);
  sockets[1].opened();
  sockets[1].says({ type: "resumed", received: 0 });
  assert.equal(sockets[1].sent.length - 1, line.kept.length, "what is too old is left out");
});
test("it is tried again for half a minute", () => {
  const { notes } = begun();
  let now = 0;
  mock.method(performance, "now", () => now);
  now = 1;
  drop(sockets[0]);
  for (; notes.at(-1) !== "gone" && sockets.length < 100; now += 500) {
    mock.timers.tick(500);
    drop(sockets.at(-1));
  }
  assert.deepEqual(notes, ["ready", "cut", "gone"]);
  assert.ok(now >= 30_000 && now < 31_500, String(now));
  performance.now.mock.restore();
});
test("a call that never began is not taken up again, and one that is over neither", () => {
  sockets = [];
  const notes = [];
  const line = new Line({ event() {}, sound() {}, cut() {}, back() {}, gone: () => notes.push("gone") });
  line.open({});
  drop(sockets[0]);
  assert.deepEqual(notes, ["gone"]);
  const { line: ended } = begun();
  ended.close();
  assert.equal(sockets[0].code, 1000);
  drop(sockets[0]);
  mock.timers.tick(5000);
  assert.equal(sockets.length, 1);
});
