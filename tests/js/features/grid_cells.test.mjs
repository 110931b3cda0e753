// In how many columns the results of one setting stand.
import assert from "node:assert/strict";
import test from "node:test";
import { columnsOf } from "../../../omni_ui/features/grid/cells.js";

test("few stand in one row, more in about as many rows as columns", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 9, 10, 16].map((count) => columnsOf(count)), [1, 2, 3, 2, 3, 3, 3, 4, 4]);
});

test("a phone has two columns at most", () => {
  assert.deepEqual([1, 2, 3, 4, 12].map((count) => columnsOf(count, true)), [1, 2, 2, 2, 2]);
});
