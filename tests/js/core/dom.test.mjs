// What scripts share: how the page scrolls by itself.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { scrollBehavior } from "../../../omni_ui/core/js/dom.js";

test("the page scrolls at once for those who asked for no motion", () => {
  for (const [reduced, behavior] of [[true, "instant"], [false, "smooth"]]) {
    globalThis.matchMedia = (query) => ({ matches: query === "(prefers-reduced-motion: reduce)" && reduced });
    assert.equal(scrollBehavior(), behavior);
  }
});

test("no script scrolls smoothly without asking", () => {
  const root = join(import.meta.dirname, "..", "..", "..", "omni_ui");
  const scripts = readdirSync(root, { recursive: true }).filter((name) => /\.js$/.test(name) && !/photoswipe|katex/.test(name));
  assert.ok(scripts.length > 50);
  const smooth = scripts.filter((name) => /behavior:\s*["']smooth/.test(readFileSync(join(root, name), "utf8")));
  assert.deepEqual(smooth, []);
});
