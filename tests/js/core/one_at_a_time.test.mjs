import assert from "node:assert/strict";
import { test } from "node:test";
import { oneAtATime } from "../../../omni_ui/core/js/one_at_a_time.js";

/** Work that ends when the test says so. */
const held = () => {
  const ends = [];
  return { ends, work: () => new Promise((done, fail) => ends.push({ done, fail })) };
};
const settled = () => new Promise((done) => { setImmediate(done); });

test("what is asked for while it runs is done once more, and only once", async () => {
  const { ends, work } = held();
  const ask = oneAtATime(work);
  const first = ask();
  assert.equal(ask(), first);
  ask();
  assert.equal(ends.length, 1);
  ends[0].done();
  await settled();
  assert.equal(ends.length, 2);
  ends[1].done();
  await first;
  await settled();
  assert.equal(ends.length, 2);
});
test("it begins anew when it is over, also after a failure", async () => {
  const { ends, work } = held();
  const ask = oneAtATime(work);
  const first = ask();
  ends[0].fail(new Error("away"));
  await assert.rejects(first, /away/);
  ask();
  assert.equal(ends.length, 2);
});
