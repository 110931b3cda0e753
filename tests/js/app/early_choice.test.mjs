// The page before Gradio has drawn it is shown where its tab is the one that will be seen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isSeenFirst } from "../../../omni_ui/app/js/early_choice.js";

test("a plain address, and one that names the same tab", () => {
  assert.deepEqual([isSeenFirst("image", "", null, ""), isSeenFirst("image", "#image", "image", "?__theme=dark")], [true, true]);
});
test("another tab, a recipe, a job, or what the browser's history remembers", () => {
  const seen = [["#chat", null, ""], ["#r=abc", null, ""], ["", null, "?job=a"], ["", "chat", ""], ["#image/x", null, ""]].map((parts) => isSeenFirst("image", ...parts));
  assert.deepEqual(seen, [false, false, false, false, false]);
});
