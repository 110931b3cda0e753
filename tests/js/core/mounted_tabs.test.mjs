// The parts of a tab are asked for once, one tab at a time, and whoever fills them in waits for them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeTabs } from "../../../omni_ui/core/js/mounted_tabs.js";

const begun = (first = "image") => {
  const tabs = makeTabs();
  const asked = [];
  tabs.begin(first);
  tabs.connect((name) => asked.push(name));
  return { tabs, asked };
};
const soon = () => new Promise((done) => { setTimeout(done, 0); });

test("where all parts came with the page, nothing is asked for", async () => {
  const { tabs, asked } = begun("");
  await tabs.mountTab("video");
  await tabs.whenMounted("chat");
  assert.deepEqual([tabs.isMounted("video"), asked], [true, []]);
});
test("the first tab is there", async () => {
  const { tabs, asked } = begun();
  await tabs.mountTab("image");
  assert.deepEqual([tabs.isMounted("image"), tabs.isMounted("edit"), asked], [true, false, []]);
});
test("a tab is asked for once, however many wait for it", async () => {
  const { tabs, asked } = begun();
  const waiting = [tabs.mountTab("edit"), tabs.mountTab("edit"), tabs.whenMounted("edit")];
  await soon();
  assert.deepEqual([asked, tabs.isMounted("edit")], [["edit"], false]);
  tabs.settle(true);
  await Promise.all(waiting);
  await tabs.mountTab("edit");
  assert.deepEqual([asked, tabs.isMounted("edit")], [["edit"], true]);
});
test("tabs come one after the other", async () => {
  const { tabs, asked } = begun();
  const all = ["edit", "chat"].map(tabs.mountTab);
  await soon();
  assert.deepEqual(asked, ["edit"]);
  tabs.settle(true);
  await all[0];
  await soon();
  assert.deepEqual(asked, ["edit", "chat"]);
  tabs.settle(true);
  await all[1];
});
test("a tab that did not come is asked for again, and the next one is not held up", async () => {
  const { tabs, asked } = begun();
  const lost = tabs.mountTab("edit");
  const next = tabs.mountTab("chat");
  await soon();
  tabs.settle(false);
  await assert.rejects(lost);
  await soon();
  tabs.settle(true);
  await next;
  const again = tabs.mountTab("edit");
  await soon();
  tabs.settle(true);
  await again;
  assert.deepEqual(asked, ["edit", "chat", "edit"]);
});
test("what is asked for before the page is ready waits", async () => {
  const tabs = makeTabs();
  const asked = [];
  tabs.begin("image");
  const mounting = tabs.mountTab("edit");
  await soon();
  assert.deepEqual(asked, []);
  tabs.connect((name) => asked.push(name));
  await soon();
  tabs.settle(true);
  await mounting;
  assert.deepEqual(asked, ["edit"]);
});
test("a tab is asked for when its scripts are there", async () => {
  let done = null;
  const tabs = makeTabs(() => new Promise((resolve) => { done = resolve; }));
  const asked = [];
  tabs.begin("image");
  tabs.connect((name) => asked.push(name));
  const mounting = tabs.mountTab("edit");
  await soon();
  assert.deepEqual(asked, []);
  done();
  await soon();
  assert.deepEqual(asked, ["edit"]);
  tabs.settle(true);
  await mounting;
});
test("a tab comes although a script of its does not", async () => {
  const tabs = makeTabs(() => new Promise(() => {}), 20);
  const asked = [];
  tabs.begin("image");
  tabs.connect((name) => asked.push(name));
  const mounting = tabs.mountTab("talk");
  await soon();
  assert.deepEqual(asked, []);
  await new Promise((resolve) => { setTimeout(resolve, 40); });
  assert.deepEqual(asked, ["talk"]);
  tabs.settle(true);
  await mounting;
});
