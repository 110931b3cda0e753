import assert from "node:assert/strict";
import { test } from "node:test";
import { plainName } from "../../../omni_ui/widgets/player_names.js";

test("Gradio's names of a player's buttons become names for people", () => {
  assert.equal(plainName("play-pause-replay-button"), "Play or pause");
  assert.equal(plainName("Adjust volume"), "Volume");
  assert.equal(plainName("Select input device"), "Microphone to record with");
  assert.equal(plainName("Adjust playback speed to 1.5x"), "Play at 1.5 times the speed");
  assert.equal(plainName("Skip backwards by 0.21666666 seconds"), "Back by 0.2 s");
  assert.equal(plainName("Skip forward by 5 seconds"), "Forward by 5 s");
  assert.equal(plainName("Reset audio"), plainName("Reset video to initial value"));
});

test("all other names stay", () => {
  for (const label of ["", "Play or pause", "Seed", "Adjust volume of the call"]) assert.equal(plainName(label), null);
});
