import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { askForJson } from "../../../omni_ui/core/js/ask_app.js";

const answers = (status, body) => { globalThis.fetch = async () => new Response(body, { status }); };
beforeEach(() => { globalThis.window = { gradio_config: { root: "http://page/" } }; });
afterEach(() => { delete globalThis.window; });

test("the address is the app's, with the header that says that a page asks", async () => {
  globalThis.fetch = async (url, options) => Response.json({ url, marked: options.headers["x-omni"], how: options.method });
  assert.deepEqual(await askForJson("/omni/history/7", { method: "DELETE" }), { url: "http://page/omni/history/7", marked: "1", how: "DELETE" });
});
test("what the app refuses is said in its words", async () => {
  answers(404, JSON.stringify({ detail: "This result was deleted." }));
  await assert.rejects(askForJson("/omni/history/7"), /This result was deleted\./);
});
test("an answer in another form is not shown as it is", async () => {
  answers(502, "<html>");
  await assert.rejects(askForJson("/omni/history/7"), /That did not work\./);
});
test("without an answer there is a sentence, and it may be the caller's", async () => {
  globalThis.fetch = async () => { throw new TypeError("Failed to fetch"); };
  await assert.rejects(askForJson("/omni/history/7"), /This page's server does not answer\.$/);
  await assert.rejects(askForJson("/omni/history/7", {}, "Nothing was changed."), /^Error: Nothing was changed\.$/);
});
