// What the buttons above the list of History say, and what they must not do unseen.
import assert from "node:assert/strict";
import test from "node:test";
import { actsFor, withoutMarks, wordsOf } from "../../../omni_ui/features/history/acts.js";

test("what is chosen is counted, else all are meant", () => {
  assert.deepEqual(actsFor({ chosen: 2, all: 9, filtered: false }), { zip: "Download 2 as zip", remove: "Delete 2", sure: "Really delete 2?" });
  assert.deepEqual(actsFor({ chosen: 0, all: 9, filtered: false }), { zip: "Download all as zip", remove: "Delete all", sure: "Really delete all 9?" });
});

test("all are not offered to be deleted while a search shows only some of them", () => {
  assert.equal(actsFor({ chosen: 0, all: 9, filtered: true }).remove, "");
  assert.equal(actsFor({ chosen: 1, all: 9, filtered: true }).remove, "Delete 1");
});

test("words are changed beside the sign of a button", () => {
  const words = {};
  assert.equal(wordsOf({ querySelector: () => words }), words);
  const plain = { querySelector: () => null };
  assert.equal(wordsOf(plain), plain);
});

test("a card shows the words of an answer without the marks of Markdown", () => {
  assert.equal(withoutMarks("**The picture**, as measured:\n\n| Size | 12 px |\n|---|---|\n"), "The picture, as measured: Size 12 px");
});
