import assert from "node:assert/strict";
import { test } from "node:test";
import { hasSentence, Latest, wordAt } from "../../../omni_ui/features/speech/words/word_clock.js";

test("the word that is heard is the last one that has begun", () => {
  const starts = [0, 0.4, 1, 1];
  assert.equal(wordAt(starts, 0), 0);
  assert.equal(wordAt(starts, 0.3), 0);
  assert.equal(wordAt(starts, 0.5), 1);
  assert.equal(wordAt(starts, 9), 3);
  assert.equal(wordAt([0.5], 0.1), -1);
  assert.equal(wordAt([], 1), -1);
});

test("reading begins by itself once there is a sentence", () => {
  assert.equal(hasSentence("Hello the"), false);
  assert.equal(hasSentence("Hello there."), false);
  assert.equal(hasSentence("Hello there. A"), true);
  assert.equal(hasSentence("今天天气很好。"), true);
  assert.equal(hasSentence("A title\n\nThe text\n"), true);
  assert.equal(hasSentence(`${"a pasted text ".repeat(6)}that ends.`), true);
});

test("only the newest text is sent, one at a time", async () => {
  const sent = [];
  let free;
  const latest = new Latest(async (value) => {
    sent.push(value);
    await new Promise((resolve) => { free = resolve; });
  }, 0);
  const first = latest.give("a");
  latest.give("ab");
  latest.give("abc");
  assert.deepEqual(sent, ["a"]);
  free();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(sent, ["a", "abc"]);
  free();
  await first;
});
