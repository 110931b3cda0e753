// The colour of the brush shows on the picture that is painted over.
import assert from "node:assert/strict";
import test from "node:test";
import { COLOURS, brushColour, partsOf } from "../../../omni_ui/widgets/pictures/brush_colour.js";

const picture = (...colours) => Uint8ClampedArray.from(colours.flatMap((colour) => [...colour, 255]));

test("it is never the colour that is there already", () => {
  for (const colour of COLOURS) assert.notEqual(brushColour(picture(partsOf(colour))), colour);
});

test("a red picture gets no red, a violet one no violet or magenta", () => {
  assert.ok(!["#e5484d", "#ff2fd0"].includes(brushColour(picture([200, 50, 50], [240, 80, 70], [120, 20, 20]))));
  assert.ok(!["#7a3cff", "#ff2fd0"].includes(brushColour(picture([110, 60, 220], [150, 70, 250]))));
});

test("a part of the picture counts too: a tenth of it is enough", () => {
  const grey = Array.from({ length: 8 }, () => [128, 128, 128]);
  const alone = brushColour(picture(...grey));
  assert.notEqual(brushColour(picture(...grey, partsOf(alone), partsOf(alone))), alone);
});

test("a picture without pixels has a colour too", () => assert.ok(COLOURS.includes(brushColour([]))));
