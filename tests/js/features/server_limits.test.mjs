// The files that Chat offers follow what its model reads (omni_ui/features/servers/server_limits.js).
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { greet, hidingRule, offerFiles } from "../../../omni_ui/features/servers/server_limits.js";

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

const greeted = (takes, makes) => {
  const hello = { dataset: {}, textContent: "" };
  const drawn = { dataset: { needs: "image", words: "Draw a lighthouse", instead: "Write a poem" }, textContent: "Draw a lighthouse" };
  globalThis.document = { querySelector: () => ({ querySelector: () => hello, querySelectorAll: () => [drawn] }) };
  greet(takes, makes);
  return [hello.textContent, drawn.textContent];
};

test("an empty conversation proposes what its model can do", () => {
  const all = "Write below, or attach a picture, a recording or a video. The answer appears here.";
  assert.deepEqual(greeted(["text"], ["text"]), ["Write below. The answer appears here.", "Write a poem"]);
  assert.deepEqual(greeted(["text", "image"], ["text", "audio"]), ["Write below, or attach a picture. The answer appears here.", "Write a poem"]);
  assert.deepEqual(greeted(["text", "image", "audio", "video"], ["text", "image"]), [all, "Draw a lighthouse"]);
  assert.deepEqual(greeted(["text", "image", "video"], ["image"]), [all, "Draw a lighthouse"]);
  assert.deepEqual(greeted(undefined, undefined), ["", "Draw a lighthouse"], "nobody knows the model");
});
