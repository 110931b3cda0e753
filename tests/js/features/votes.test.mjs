import assert from "node:assert/strict";
import { test } from "node:test";
import { NONE, describeDifference, readVotes, shorten, storeVotes, tally, votesAsCsv } from "../../../omni_ui/features/compare/votes.js";

const vote = (better, pair = ["Steps 4", "Steps 8"], more = {}) =>
  ({ at: "2026-01-01", kind: "image", first: "Steps: 4", second: "Steps: 8", what: "Steps", better, pair, ...more });
const storage = (text) => () => ({ getItem: () => text, setItem() {} });

test("no votes at first", () => assert.deepEqual(readVotes(storage(null)), []));
test("votes are read back", () => assert.deepEqual(readVotes(storage(JSON.stringify([vote("first")]))), [vote("first")]));
test("what is no vote is passed over", () => assert.deepEqual(readVotes(storage('[1, {"at": 2}]')), []));
test("somebody else's words are no votes", () => assert.deepEqual(readVotes(storage("{oops")), []));
test("a browser without storage has no votes", () => assert.deepEqual(readVotes(() => { throw new Error("off"); }), []));
test("a vote that cannot be stored is said", () => assert.match(storeVotes(() => { throw new Error("off"); }, []), /not saved/));
test("the oldest of very many votes go", () => {
  let stored = "";
  storeVotes(() => ({ setItem: (_, value) => { stored = value; } }), Array.from({ length: 5003 }, (_, n) => vote("first", [String(n), ""])));
  assert.equal(JSON.parse(stored).length, 5000);
  assert.equal(JSON.parse(stored)[0].pair[0], "3");
});
test("votes of one pair are counted together", () => {
  const [group] = tally([vote("first"), vote("second"), vote("second"), vote(NONE)]);
  assert.deepEqual([group.won, group.none], [[1, 2], 1]);
});
test("it does not matter which side was A", () => {
  const [group, ...others] = tally([vote("first"), vote("second", ["Steps 8", "Steps 4"])]);
  assert.deepEqual([group.won, group.pair, others], [[2, 0], ["Steps 4", "Steps 8"], []]);
});
test("numbers are put in order as numbers", () => assert.deepEqual(tally([vote("first", ["Steps 10", "Steps 9"])])[0].pair, ["Steps 9", "Steps 10"]));
test("kinds are counted apart", () => assert.equal(tally([vote("first"), vote("first", undefined, { kind: "audio" })]).length, 2));
test("a difference is told by its settings", () => {
  const words = describeDifference({ rows: [{ name: "steps", label: "Steps", first: "4", second: "8" }] });
  assert.deepEqual(words, { what: "Steps", first: "Steps: 4", second: "Steps: 8", pair: ["Steps 4", "Steps 8"] });
});
test("the seed does not tell two kinds apart", () => {
  const rows = [{ name: "seed", label: "Seed", first: "1", second: "2" }, { name: "steps", label: "Steps", first: "4", second: "8" }];
  assert.deepEqual(describeDifference({ rows }).pair, ["Steps 4", "Steps 8"]);
});
test("unless nothing else differs", () => assert.deepEqual(describeDifference({ rows: [{ name: "seed", label: "Seed", first: "1", second: "2" }] }).pair, ["Seed 1", "Seed 2"]));
test("unknown settings are said", () => assert.equal(describeDifference(null).what, "settings unknown"));
test("equal settings are said", () => assert.equal(describeDifference({ rows: [] }).what, "same settings"));
test("long values are cut", () => assert.equal(shorten("x".repeat(80)).length, 60));
test("an empty value is not set", () => assert.equal(shorten(""), "not set"));
test("a table has a head and ends each line", () => assert.match(votesAsCsv([vote("first")]), /^time,kind,first,second,better,what differed\r\n.*\r\n$/));
test("signs of the table are quoted", () => assert.match(votesAsCsv([vote("first", undefined, { what: 'a "b", c' })]), /"a ""b"", c"\r\n$/));
test("no cell becomes a formula", () => assert.match(votesAsCsv([vote("first", undefined, { what: "=1+1" })]), /,'=1\+1\r\n$/));
