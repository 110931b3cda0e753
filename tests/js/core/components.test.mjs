import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";
import { call, defineAction, defineComponent, loadComponents, loadLater, mount, onPush, push, takeOver } from "../../../omni_ui/core/js/components.js";
import { sessionHeaders, setSession } from "../../../omni_ui/core/js/session.js";

const drawn = (component, options = {}) => {
  const notes = [];
  return { notes, append: (note) => notes.push(note), querySelector: () => ({ dataset: { component, options: JSON.stringify(options) } }) };
};

test("a component gets its options and Gradio's helpers", async () => {
  let seen = null;
  defineComponent("first", (context) => { seen = context; });
  await mount({ element: drawn("first", { tab: "image" }), props: { value: 1 } });
  assert.deepEqual([seen.options, seen.props], [{ tab: "image" }, { value: 1 }]);
});
test("a component whose script is there begins at once", () => {
  let begun = false;
  defineComponent("quick", () => { begun = true; });
  mount({ element: drawn("quick") });
  assert.equal(begun, true);
});
test("a module is loaded when its component is drawn, once", async () => {
  let loads = 0;
  loadLater(async () => { loads += 1; defineComponent("late", () => {}); }, "late");
  await mount({ element: drawn("late") });
  await mount({ element: drawn("late") });
  assert.equal(loads, 1);
});
test("modules that are loaded before begin at once; what is there or unknown is not asked for", async () => {
  let loads = 0;
  let begun = false;
  loadLater(async () => { loads += 1; defineComponent("soon", () => { begun = true; }); }, "soon", "sooner");
  await loadComponents(["soon", "nobody"]);
  await loadComponents(["soon"]);
  mount({ element: drawn("soon") });
  assert.deepEqual([loads, begun], [1, true]);
});
test("where a module cannot be loaded, the visitor reads so", async () => {
  globalThis.document = { createElement: () => ({ setAttribute() {} }) };
  const element = drawn("broken");
  loadLater(async () => { throw new Error("gone"); }, "broken");
  await assert.rejects(mount({ element }), /gone/);
  assert.match(element.notes[0].textContent, /could not be loaded/);
  delete globalThis.document;
});
test("an action gets its values and gives its result", async () => {
  defineAction("sum", (first, [second, third]) => first + second + third);
  assert.equal(await call("sum", 1, [2, 3]), 6);
});
test("a module is loaded when its action is called", async () => {
  loadLater(async () => defineAction("late_action", () => "here"), "late_action");
  assert.equal(await call("late_action"), "here");
});
test("an unknown action is an error that names it", () => assert.rejects(call("nothing"), /nothing/));

const runHead = (more = {}) => {
  const window = {};
  const context = { window, location: { protocol: "https:" }, document: {}, crypto, Promise, Uint8Array, ...more };
  vm.runInNewContext(readFileSync(new URL("../../../omni_ui/app/head.js", import.meta.url), "utf-8"), context);
  return context;
};
test("what is asked for before the modules are there is done when they come", async () => {
  const { window } = runHead();
  defineAction("double", (value) => 2 * value);
  const answer = window.omni.call("double", 4);
  takeOver(window.omni);
  assert.equal(await answer, 8);
  assert.equal(await window.omni.call("double", 5), 10);
  assert.equal(window.omni.waiting.length, 0);
});
test("components are mounted in the order in which they were drawn", async () => {
  const { window } = runHead();
  const order = [];
  defineComponent("listed", ({ options }) => order.push(options.at));
  const waiting = [1, 2, 3].map((at) => window.omni.mount({ element: drawn("listed", { at }) }));
  takeOver(window.omni);
  await Promise.all(waiting);
  assert.deepEqual(order, [1, 2, 3]);
});
test("a browser keeps its own secret", () => {
  const stored = new Map();
  const localStorage = { getItem: (name) => stored.get(name) ?? null, setItem: (name, value) => stored.set(name, value) };
  const first = runHead({ localStorage }).document.cookie;
  assert.match(first, /^omni_visitor=[0-9a-f]{48}; .*Secure/);
  assert.equal(runHead({ localStorage }).document.cookie, first);
});
test("a browser without storage gets a page all the same", () => assert.ok(runHead().window.omni));

test("the page's own servers need no session", () => {
  setSession("");
  assert.deepEqual(sessionHeaders(), {});
});
test("a session goes into a header", () => {
  setSession("a&b");
  assert.deepEqual(sessionHeaders(), { "X-Omni-Session": "a&b" });
});

test("a pushed value reaches the script that receives it; signs of life and unknown targets do nothing", () => {
  const seen = [];
  onPush("answer", (value) => seen.push(value));
  push("ALIVE");
  push(JSON.stringify({ to: "nobody", value: 1 }));
  push(JSON.stringify({ to: "answer", value: { blocks: ["a"] } }));
  assert.deepEqual(seen, [{ blocks: ["a"] }]);
});
