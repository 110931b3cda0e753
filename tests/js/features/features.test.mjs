import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "../page_head.mjs";
import { countChanged, takeRecommended } from "../../../omni_ui/features/chat/changed_settings.js";
import { describeLoudness, loudness, matchGains } from "../../../omni_ui/features/compare/loudness.js";
import { commonKind, filesOf, same } from "../../../omni_ui/features/compare/records.js";
import { fillDefaults, giveWay, claimTab, markFilled } from "../../../omni_ui/features/model_defaults/model_defaults.js";
import { changePresets, inOtherWords, readPresets, withoutPreset } from "../../../omni_ui/features/recipes/preset_store.js";
import { fixedValues } from "../../../omni_ui/features/repeat/fixed_values.js";
import { waveformPath } from "../../../omni_ui/features/speech/waveform.js";
import { describeLength } from "../../../omni_ui/features/video/jobs/length.js";

const SKIP = { __type__: "update" };
const storage = (content = {}) => ({
  getItem: (name) => content[name] ?? null,
  setItem: (name, value) => { content[name] = value; },
  content,
});

// --- Loudness
const sound = (...samples) => ({ sampleRate: 100, numberOfChannels: 1, length: samples.length, getChannelData: () => samples });
test("full scale is 0 dB", () => assert.equal(loudness(sound(1, -1, 1, -1, 1)), 0));
test("half of it is 6 dB less", () => assert.ok(Math.abs(loudness(sound(0.5, -0.5, 0.5, -0.5, 0.5)) + 6.02) < 0.01));
test("pauses do not count", () => assert.equal(loudness(sound(1, -1, 1, -1, 1, 0, 0, 0, 0, 0)), 0));
test("silence has no loudness", () => assert.equal(loudness(sound(0, 0, 0)), null));
test("the louder side is made as quiet as the other", () => assert.deepEqual(matchGains([-20, -40]).map((gain) => Number(gain.toFixed(3))), [0.1, 1]));
test("nothing is matched with silence", () => assert.deepEqual(matchGains([-20, null]), [1, 1]));
const sides = (first, second) => [{ name: "A", level: first }, { name: "B", level: second }];
test("two silent sides", () => assert.equal(describeLoudness(sides(null, null)), "Neither has sound."));
test("one silent side is named", () => assert.match(describeLoudness(sides(-3, null)), /B is silent/));
test("a blind test does not say which is louder", () => assert.equal(describeLoudness(sides(-3, -9), true), "Both are played equally loud."));
test("a difference that nobody hears is none", () => assert.equal(describeLoudness(sides(-3, -3.01)), "Both are equally loud."));
test("the louder side is named with the difference", () => assert.match(describeLoudness(sides(-9, -3)), /^B is 6\.0 dB louder than A/));

// --- Records
const record = (kinds, text = "") => ({ text, files: kinds.map((kind) => ({ role: "result", kind })) });
test("files are found by kind and role", () => {
  const files = [{ role: "input", kind: "image/png" }, { role: "result", kind: "image/png" }, { role: "result", kind: "audio/wav" }];
  assert.deepEqual(filesOf({ files }, "image"), [files[1]]);
});
test("two pictures can be compared", () => assert.equal(commonKind([record(["image/png"]), record(["image/webp"])]), "image"));
test("pictures count more than the text beside them", () => assert.equal(commonKind([record(["image/png"], "a"), record(["image/png"], "b")]), "image"));
test("two texts can be compared", () => assert.equal(commonKind([record([], "a"), record(["audio/wav"], "b")]), "text"));
test("a picture and a sound cannot", () => assert.equal(commonKind([record(["image/png"]), record(["audio/wav"])]), ""));
test("texts are the same or not", async () => {
  assert.equal(await same([{ text: "a" }, { text: "a" }]), true);
  assert.equal(await same([{ text: "a" }, { text: "b" }]), false);
});
test("files are the same byte for byte", async () => {
  const blob = (...bytes) => ({ blob: new Blob([new Uint8Array(bytes)]) });
  assert.equal(await same([blob(1, 2), blob(1, 2)]), true);
  assert.equal(await same([blob(1, 2), blob(1, 3)]), false);
  assert.equal(await same([blob(1, 2), blob(1, 2, 3)]), false);
});

// --- Settings that a model recommends
const KNOWN = [{ name: "steps", label: "Steps", initial: null }];
const wish = (steps) => ({ fields: { steps }, note: "It likes 9 steps." });
const fill = (wishes, value, first = false, tab = "image") => fillDefaults(tab, KNOWN, first, [wishes, value, ""]);
beforeEach(() => {
  globalThis.document = { getElementById: () => null, activeElement: null };
  claimTab("image");
});
test("an empty control takes what is recommended", () => assert.deepEqual(fill(wish(9), null), [9, SKIP]));
test("what the visitor entered stays, and is said", () => {
  const [value, note] = fill(wish(9), 30);
  assert.deepEqual(value, SKIP);
  assert.match(note, /stay: Steps\.$/);
});
test("what was entered just so needs no word", () => assert.deepEqual(fill(wish(9), 9), [SKIP, SKIP]));
test("another model's recommendation takes the place of the last one", () => {
  fill(wish(9), null);
  assert.equal(fill(wish(4), 9)[0], 4);
});
test("without a recommendation the control is as it was at first", () => {
  fill(wish(9), null);
  assert.equal(fill({}, 9)[0], null);
});
test("a tab that was claimed keeps what stands there", () => {
  fill(wish(9), null);
  claimTab("image");
  assert.deepEqual(fill(wish(4), 9)[0], SKIP);
});
test("a recommended size gives way to a picture and comes back", () => {
  fill(wish(9), null);
  assert.equal(giveWay("image-steps", [[{}], 9]), "");
  assert.equal(giveWay("image-steps", [[], ""]), 9);
});
test("a size of the visitor's own does not give way", () => assert.deepEqual(giveWay("image-steps", [[{}], 30]), SKIP));
test("a tab in which settings were opened keeps them, another one does not", () => {
  markFilled("edit");
  assert.deepEqual(fill(wish(9), null, true, "edit")[0], SKIP);
  assert.equal(fill(wish(9), null, true)[0], 9);
});
test("settings of any tab are kept in all", () => {
  markFilled();
  assert.deepEqual(fill(wish(9), null, true)[0], SKIP);
});

// --- Fixes
test("a fix sets a value and leaves the others", () => assert.deepEqual(fixedValues(["a", "b"], [{ set: { a: 1 } }, 5, 6]), [1, SKIP]));
test("a fix may set nothing as a value", () => assert.deepEqual(fixedValues(["a"], [{ set: { a: null } }, 5]), [null]));
test("a fix keeps the first of several files", () => assert.deepEqual(fixedValues(["a"], [{ keep: { a: 2 } }, [1, 2, 3]]), [[1, 2]]));
test("no fix changes nothing", () => assert.deepEqual(fixedValues(["a"], [null, 5]), [SKIP]));

// --- Presets
const preset = (name, tab = "image") => ({ tab, name, recipe: "{}" });
test("there are no presets at first", () => assert.deepEqual(readPresets(storage()), []));
test("a preset is stored", () => {
  const place = storage();
  assert.equal(changePresets(place, (list) => [...list, preset("a")]), "");
  assert.deepEqual(readPresets(place), [preset("a")]);
});
test("a preset that comes with the app is put into other words, and its settings stay", () => {
  const said = (request) => JSON.parse(inOtherWords(JSON.stringify({ omni: 1, request }), (text) => `<${text}>`)).request;
  assert.deepEqual(said({ prompt: "a", size: "8x8", n: 4 }), { prompt: "<a>", size: "8x8", n: 4 });
  assert.deepEqual(said({ input: "a", language: "English", instructions: "b" }), { input: "<a>", instructions: "<b>" });
  assert.deepEqual(said({ messages: [{ role: "user", content: "a" }] }), { messages: [{ role: "user", content: "<a>" }] });
});
test("what is no preset is passed over", () => assert.deepEqual(readPresets(storage({ omni_presets: '[null, {"name": 1}]' })), []));
test("presets that cannot be read are never overwritten", () => {
  const place = storage({ omni_presets: "{broken" });
  assert.match(changePresets(place, () => []), /left unchanged/);
  assert.equal(place.content.omni_presets, "{broken");
});
test("a full storage is said", () => {
  const place = { getItem: () => null, setItem: () => { throw new Error("full"); } };
  assert.match(changePresets(place, (list) => list), /storage is full/);
});
test("a preset is removed from its tab alone", () => {
  assert.deepEqual(withoutPreset([preset("a"), preset("a", "edit"), preset("b")], preset("a")), [preset("a", "edit"), preset("b")]);
});

// --- Drawings, lengths
test("each peak is a bar around the middle", () => assert.equal(waveformPath([100]), "M0.2 2h1.5v96h-1.5z"));
test("a silent peak is still seen", () => assert.match(waveformPath([0]), /v3h/));
test("no peaks draw nothing", () => assert.equal(waveformPath([]), ""));
test("an empty length says nothing", () => assert.deepEqual(describeLength({ seconds: 0, frames: 0, fps: 0 }), { num_frames: "", seconds: "", fps: "" }));
test("frames decide over seconds", () => {
  const texts = describeLength({ seconds: 9, frames: 48, fps: 12 });
  assert.equal(texts.seconds, "Frames sets the length: 4 s at 12 fps.");
  assert.equal(texts.num_frames, "48 frames at 12 fps are 4 s.");
  assert.equal(texts.fps, "48 frames play for 4 s.");
});
test("without a rate the usual one is named as such", () => assert.match(describeLength({ seconds: 2, frames: 0, fps: 0 }).seconds, /^2 s at 24 fps \(usual.*48 frames\.$/));
test("seconds and a rate give frames", () => assert.equal(describeLength({ seconds: 2.5, frames: 0, fps: 10 }).fps, "2.5 s need 25 frames."));

// --- Chat: settings that were changed
test("settings with another value than at first are counted", () => {
  const first = new Map([["chat-seed", "[\"\"]"], ["chat-system", "[\"\"]"]]);
  assert.equal(countChanged(first, new Map([...first, ["chat-seed", "[\"7\"]"], ["chat-new", "[1]"]])), 1);
});

test("what a model's makers recommend is no change of the visitor's, and what is chosen afterwards is one", () => {
  const first = new Map([["chat-modalities", "[true,true]"], ["chat-seed", "[\"\"]"]]);
  const recommended = (name) => name === "chat-modalities";
  const begun = new Map([...first, ["chat-modalities", "[true,false]"]]);
  for (let looks = 0; looks < 3; looks += 1) takeRecommended(first, begun, recommended);
  assert.equal(countChanged(first, begun), 0);
  const chosen = new Map([...begun, ["chat-modalities", "[false,true]"], ["chat-seed", "[\"7\"]"]]);
  takeRecommended(first, chosen, recommended);
  assert.equal(countChanged(first, chosen), 2);
});
