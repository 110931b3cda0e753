import assert from "node:assert/strict";
import test from "node:test";
import { noteFor } from "../../../../omni_ui/features/video/jobs/running.js";

const open = { ticket: "a", open: true, video: false };
const done = { ticket: "b", open: false, video: true };
const failed = { ticket: "c", open: false, video: false };

test("a running video is told, and then how it ended", () => {
  assert.equal(noteFor([open, done], ""), "Your video is being made.");
  assert.equal(noteFor([done], "Your video is being made."), "Your video is ready.");
  assert.equal(noteFor([failed, done], "Your video is being made."), "Your video could not be made.");
});

test("what ended before the visit is not told", () => {
  assert.equal(noteFor([done, failed], ""), "");
  assert.equal(noteFor([], ""), "");
  assert.equal(noteFor([done], "", ["new"]), ""); // Run was pressed, but nothing came of it
});

test("what an earlier page saw being made is told when it has ended meanwhile", () => {
  assert.equal(noteFor([failed, done], "", ["b"]), "Your video is ready.");
  assert.equal(noteFor([failed, done], "", ["c"]), "Your video could not be made.");
});
