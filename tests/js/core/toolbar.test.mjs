import assert from "node:assert/strict";
import { test } from "node:test";
import { nextStop } from "../../../omni_ui/core/js/toolbar.js";

test("the arrows go round, Home and End go to the ends", () => {
  const ways = [["ArrowRight", 1], ["ArrowRight", 2], ["ArrowLeft", 0], ["Home", 2], ["End", 0]];
  assert.deepEqual(ways.map(([key, at]) => nextStop(key, at, 3)), [2, 0, 2, 0, 2]);
});
test("other keys lead nowhere: a slider keeps Up and Down", () => {
  assert.deepEqual(["ArrowUp", "ArrowDown", "Enter", " ", "Tab"].map((key) => nextStop(key, 1, 3)), [-1, -1, -1, -1, -1]);
  assert.equal(nextStop("ArrowLeft", -1, 3), -1);
});
