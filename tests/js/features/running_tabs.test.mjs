import assert from "node:assert/strict";
import { test } from "node:test";
import "../page_head.mjs";
import { cutOffTabs, isConnectionLost, lostTab, noteLost, noteRunning } from "../../../omni_ui/features/drafts/running_tabs.js";

const storage = () => {
  const kept = new Map();
  return { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value), removeItem: (name) => kept.delete(name) };
};

test("runs under way are cut off by a reload, and video jobs are not", () => {
  const page = storage();
  noteRunning(page, { image: "working", speech: "done", video: "working", chat: "working" });
  assert.deepEqual(cutOffTabs(page, "reload"), ["chat", "image"]);
  assert.deepEqual(cutOffTabs(page, "reload"), [], "it is said once");
});
test("a run that has ended was not cut off", () => {
  const page = storage();
  noteRunning(page, { image: "working" });
  noteRunning(page, { image: "failed" });
  assert.deepEqual(cutOffTabs(page, "reload"), []);
});
test("a copy of a browser tab has cut nothing off", () => {
  const page = storage();
  noteRunning(page, { image: "working" });
  assert.deepEqual(cutOffTabs(page, "navigate"), []);
});
test("a connection that is lost is known by Gradio's own message", () => {
  const page = (...texts) => ({ querySelectorAll: (name) => (name === ".toast-body" ? texts.map((textContent) => ({ textContent })) : []) });
  assert.ok(isConnectionLost(page("Saved", " Error × Connection to the server was lost. Attempting reconnection...")));
  assert.ok(!isConnectionLost(page("Saved")));
});
test("the tab in which the connection was lost is known after the reload, once", () => {
  const page = storage();
  noteLost(page, "speech");
  noteLost(page, "");
  assert.equal(lostTab(page, "reload"), "speech");
  assert.equal(lostTab(page, "reload"), "");
  noteLost(page, "chat"); // a conversation comes back by itself
  assert.equal(lostTab(page, "reload"), "");
  noteLost(page, "image");
  assert.equal(lostTab(page, "navigate"), "");
});
