import assert from "node:assert/strict";
import test from "node:test";
import { sizeOf, withTag } from "../../../omni_ui/features/sound/lyrics_text.js";

test("only lines that are sung count", () => {
  assert.deepEqual(sizeOf("[verse]\nRain on the window\n\n [Chorus 2] \nStay\n"), { lines: 2, shortest: 6, longest: 12 });
  assert.equal(sizeOf("").lines, 0);
});

test("a tag goes before the line of the cursor, with a gap after what stands there", () => {
  assert.deepEqual(withTag("", 0, "verse"), { text: "[verse]\n", cursor: 8 });
  assert.deepEqual(withTag("One\nTwo", 6, "chorus"), { text: "One\n\n[chorus]\nTwo", cursor: 14 });
  assert.deepEqual(withTag("One\n\n", 5, "outro"), { text: "One\n\n[outro]\n", cursor: 13 });
});
