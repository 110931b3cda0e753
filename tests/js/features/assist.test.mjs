// The prompt helper's lines, what is dictated as a file, and the parts of a table of times.
import assert from "node:assert/strict";
import test from "node:test";

globalThis.document ??= { addEventListener() {}, documentElement: {}, querySelector: () => null };
globalThis.window ??= globalThis;
const { askLines, splitLines } = await import("../../../omni_ui/features/assist/lines.js");
const { asBase64, refusal } = await import("../../../omni_ui/features/assist/dictate.js");
const { partsOf } = await import("../../../omni_ui/features/waits/waits_table.js");

test("lines are read whole, wherever the network cuts them", () => {
  assert.deepEqual(splitLines('{"note":"a"}\n{"te'), { lines: [{ note: "a" }], rest: '{"te' });
  assert.deepEqual(splitLines("\n"), { lines: [], rest: "" });
});

const answering = (status, ...pieces) => {
  globalThis.fetch = async () => new Response(new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  }), { status });
};

test("the last line is the answer", async () => {
  answering(200, '{"note":"Wri', 'ting"}\n{"text":"狐狸"}\n');
  const seen = [];
  assert.deepEqual(await askLines("/x", {}, {}, null, (line) => seen.push(line)), { text: "狐狸" });
  assert.equal(seen.length, 2);
});

test("an answer that breaks off, or is refused, is one sentence", async () => {
  answering(200, '{"note":"Writing"}\n');
  await assert.rejects(askLines("/x", {}, {}, null, () => {}), /is incomplete/);
  answering(413, '{"detail":"The request is too large."}');
  await assert.rejects(askLines("/x", {}, {}, null, () => {}), /too large/);
  answering(502, "<html>");
  await assert.rejects(askLines("/x", {}, {}, null, () => {}), /The app answered 502/);
});

test("what was dictated is a WAV file of 16 kHz", () => {
  const file = Buffer.from(asBase64([new Int16Array(320).fill(7).buffer, new Int16Array(320).buffer]), "base64");
  assert.equal(file.toString("latin1", 0, 4), "RIFF");
  assert.equal(file.readUInt32LE(24), 16000);
  assert.equal(file.length, 44 + 4 * 320);
  assert.equal(file.readInt16LE(44), 7);
});

test("a microphone that cannot be had is said", () => {
  assert.match(refusal({ name: "NotAllowedError" }), /microphone is blocked/);
  assert.match(refusal({ name: "NotFoundError" }), /No microphone was found/);
  assert.match(refusal(new Error()), /could not be opened/);
});

test("the parts of several rows stand in their order, each once", () => {
  assert.deepEqual(partsOf([{ network: "1", paint: "2" }, undefined, { network: "3", encode: "4" }]), ["network", "paint", "encode"]);
});

globalThis.location ??= new URL("http://127.0.0.1/");
test("what the app offers is asked once for all that need it, and again after a failure", async () => {
  const { askOffers, knownOffers } = await import("../../../omni_ui/features/assist/offers.js");
  let asked = 0;
  globalThis.fetch = async () => { asked += 1; return asked > 1 ? Response.json({ languages: { image: "English" } }) : null; };
  await assert.rejects(knownOffers());
  assert.deepEqual((await askOffers()).languages, { image: "English" });
  assert.deepEqual((await knownOffers()).languages, { image: "English" });
  assert.equal(asked, 2);
});
