// The files that Chat offers follow what its model reads (omni_ui/features/servers/server_limits.js).
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { hidingRule, offerFiles } from "../../../omni_ui/features/servers/server_limits.js";

let parts;

beforeEach(() => {
  parts = { "input[type=file]": { accept: "" }, "[data-act=choose]": { hidden: false }, "[data-act=record]": { hidden: false } };
  const field = { querySelector: (selector) => parts[selector] };
  globalThis.document = { getElementById: (id) => (id === "chat-files" ? field : null) };
});

const offered = () => ({
  accept: parts["input[type=file]"].accept,
  choose: !parts["[data-act=choose]"].hidden,
  record: !parts["[data-act=record]"].hidden,
});

test("a model that reads pictures is offered pictures alone", () => {
  offerFiles(["text", "image"]);
  assert.deepEqual(offered(), { accept: "image/*", choose: true, record: false });
});

test("a model that only reads is offered no files", () => {
  offerFiles(["text"]);
  assert.deepEqual(offered(), { accept: "", choose: false, record: false });
});

test("a model that hears is offered the microphone", () => {
  offerFiles(["text", "audio"]);
  assert.deepEqual(offered(), { accept: "audio/*", choose: true, record: true });
});

test("where nobody knows, everything is offered", () => {
  offerFiles(undefined);
  assert.deepEqual(offered(), { accept: "image/*,audio/*,video/*", choose: true, record: true });
});

test("another server brings back what was taken away", () => {
  offerFiles(["text"]);
  offerFiles(["text", "image", "audio", "video"]);
  assert.deepEqual(offered(), { accept: "image/*,audio/*,video/*", choose: true, record: true });
});

test("settings that a model does not take are hidden by their names alone", () => {
  assert.equal(hidingRule("video", []), "");
  assert.equal(hidingRule("video", ["last_frame"]), "#video-last_frame,#video-last_frame-slot{display:none}");
  assert.equal(hidingRule("video", ["a}b", "*"]), "");
});
