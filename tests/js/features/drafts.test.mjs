import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, entryFor, tabOfHash } from "../../../omni_ui/app/js/tab_address.js";
import {
  KEEPS, LARGEST, LOST, MOST_LOST, PAGE, addressesIn, enteredValues, forgetDrafts, lostDrafts, packDraft, readDraft, same, writeDraft,
} from "../../../omni_ui/features/drafts/draft_store.js";

class Storage {
  constructor(room = Infinity) { Object.defineProperty(this, "room", { value: room }); }
  getItem(name) { return this[name] ?? null; }
  setItem(name, value) { if (value.length > this.room) throw new Error("full"); this[name] = value; }
  removeItem(name) { delete this[name]; }
}
const draft = (id, at, tabs = { image: { prompt: id } }) => ({ id, at, tabs });

test("empty values are all the same", () => {
  for (const empty of [null, undefined, "", []]) assert.ok(same(empty, ""));
  assert.ok(!same(0, null));
  assert.ok(!same(false, null));
});
test("only what was entered is in a draft", () => {
  const fields = [{ name: "prompt", initial: "" }, { name: "steps", initial: null }, { name: "format", initial: "png" }, { name: "n", initial: 1 }];
  assert.deepEqual(enteredValues(fields, ["a boat", null, "png", 2]), { prompt: "a boat", n: 2 });
});
test("what was only recommended is not in a draft", () => {
  assert.deepEqual(enteredValues([{ name: "steps", initial: null }], [9], (name, value) => name === "steps" && value === 9), {});
});
test("a field that was emptied is in a draft", () => assert.deepEqual(enteredValues([{ name: "n", initial: 1 }], [""]), { n: null }));
test("files are found by their addresses", () => {
  assert.deepEqual(addressesIn([{ path: "/a", url: "http://a" }, { video: { path: "/b", url: "http://b" } }]), ["http://a", "http://b"]);
  assert.deepEqual(addressesIn("text"), []);
});
test("of a draft that is too long the largest value is left out", () => {
  const packed = readDraft(packDraft(draft("a", 1, { chat: { conversation: "x".repeat(LARGEST) }, image: { prompt: "kept" } })));
  assert.deepEqual(packed.tabs, { chat: {}, image: { prompt: "kept" } });
});
test("what is no draft is read as none", () => {
  for (const text of [null, "", "{", "[]", "null", '{"id": 1, "at": 1, "tabs": {}}', '{"id": "a", "at": 1}']) assert.equal(readDraft(text), null);
});
test("a draft is written for this page and for a lost one, and goes when nothing is entered", () => {
  const [page, storage] = [new Storage(), new Storage()];
  writeDraft(page, storage, draft("a", 5));
  assert.deepEqual([readDraft(page[PAGE]).id, Object.keys(storage)], ["a", [`${LOST}a`]]);
  writeDraft(page, storage, draft("a", 6, { image: {} }));
  assert.deepEqual([Object.keys(page), Object.keys(storage)], [[], []]);
});
test("only the newest lost drafts are kept, the present one among them", () => {
  const storage = new Storage();
  for (let at = 1; at <= 6; at += 1) writeDraft(new Storage(), storage, draft(`d${at}`, at));
  assert.deepEqual(lostDrafts(storage, 6).map(({ id }) => id), ["d6", "d5", "d4"].slice(0, MOST_LOST));
});
test("a lost draft that is too old is none", () => {
  const storage = new Storage();
  writeDraft(new Storage(), storage, draft("a", 1));
  assert.equal(lostDrafts(storage, KEEPS + 2).length, 0);
});
test("other things of the storage stay, and a full one breaks nothing", () => {
  const storage = new Storage(10);
  storage.omni_presets = "[]";
  writeDraft(new Storage(), storage, draft("a", 1));
  assert.deepEqual({ ...storage }, { omni_presets: "[]" });
});

test("a fragment names a tab or none", () => {
  for (const [hash, tab] of [["#speech", "speech"], ["#video/x1", "video"], ["", ""], ["#", ""], ["#r=abc", ""], ["#Speech", ""]]) assert.equal(tabOfHash(hash), tab);
});
test("only a tab that the visitor opens is a new entry of the history", () => {
  assert.deepEqual([entryFor(true, "image"), entryFor(false, "image"), entryFor(true, undefined)], ["push", "replace", "replace"]);
});
test("signing out takes all drafts away and nothing else", () => {
  const page = new Storage(), storage = new Storage();
  writeDraft(page, storage, draft("a", 1));
  writeDraft(new Storage(), storage, draft("b", 2));
  storage.setItem("omni_language", "en");
  forgetDrafts(page, storage);
  assert.equal(page.getItem(PAGE), null);
  assert.deepEqual(Object.keys(storage), ["omni_language"]);
});
test("an address keeps what it says of its own tab, and nothing of another", () => {
  assert.equal(addressOf("video", "#video/abc"), "#video/abc");
  assert.equal(addressOf("image", "#video/abc"), "#image");
  assert.equal(addressOf("image", ""), "#image");
});
