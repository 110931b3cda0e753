// Ranges of seconds of a video that changes in part (omni_ui/features/video/noise_ranges.js).
import assert from "node:assert/strict";
import { test } from "node:test";
import { addRange, parseRanges, removeAt, writeRanges } from "../../../../omni_ui/features/video/noise_ranges.js";

test("ranges are read as the app reads them", () => {
  assert.deepEqual(parseRanges("1-2.5, 4-", 6), [[1, 2.5], [4, 6]]);
  assert.deepEqual(parseRanges("", 6), []);
  assert.equal(parseRanges("soon", 6), null);
  assert.equal(parseRanges("3-2", 6), null);
});

test("a range that is dragged joins those that it touches", () => {
  assert.equal(writeRanges(addRange([[1, 2], [4, 5]], 1.54, 4.2)), "1-5");
  assert.equal(writeRanges(addRange([], 3.14159, 1)), "1-3.1");
  assert.deepEqual(addRange([], 2, 2), []);
});

test("a click takes a range away", () => {
  assert.deepEqual(removeAt([[1, 2], [4, 5]], 4.5), [[1, 2]]);
});
