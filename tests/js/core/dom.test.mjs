// What scripts share: how the page scrolls by itself.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { scrollBehavior } from "../../../omni_ui/core/js/dom.js";

test("the page scrolls at once for those who asked for no motion", () => {
  for (const [reduced, behavior] of [[true, "instant"], [false, "smooth"]]) {
    globalThis.matchMedia = (query) => ({ matches: query === "(prefers-reduced-motion: reduce)" && reduced });
    assert.equal(scrollBehavior(), behavior);
  }
});

test("no script scrolls smoothly without asking", () => {
  const root = new URL("../../../omni_ui/", import.meta.url);
  const scripts = readdirSync(root, { recursive: true }).filter((name) => /\.js$/.test(name) && !/photoswipe|katex/.test(name));
  assert.ok(scripts.length > 50);
  const smooth = scripts.filter((name) => /behavior:\s*["']smooth/.test(readFileSync(new URL(name, root), "utf8")));
  assert.deepEqual(smooth, []);
});
