// What was typed survives a reload, Back and a lost browser tab (omni_ui/features/drafts/drafts.py).
import { defineAction, defineComponent } from "../../core/js/components.js";
import { whenMounted } from "../../core/js/mounted_tabs.js";
import { wasTyped } from "../../core/js/early_input.js";
import { isRecommended } from "../model_defaults/model_defaults.js";
import { PAGE, addressesIn, enteredValues, forgetDrafts, lostDrafts, readDraft, writeDraft } from "./draft_store.js";

const SKIP = { __type__: "update" };
const PAUSE = 250; // ms without a change, after which a draft is written
const ANSWER = 120; // ms that another open page has to say that a draft is its own
const LOOK = 1500; // ms that the app has to say that a file is still there

const FORGET = "forget"; // what pages tell each other when somebody signs out

const newId = () => [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
let draft = { id: newId(), at: 0, tabs: {} };
const stored = () => { try { return [sessionStorage, localStorage]; } catch { return null; } }; // storage may be off

// --- Pages that are open tell each other which draft is theirs.
const open = new Set();
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("omni_drafts");
channel?.addEventListener("message", ({ data }) => {
  if (data === "who") channel.postMessage(draft.id);
  else if (data === FORGET) forget();
  else open.add(data);
});

const begin = async () => {
  const places = stored();
  if (!places) return;
  const own = readDraft(places[0].getItem(PAGE));
  // A link says itself what stands in the page; the draft of a lost tab waits for another page then.
  const lost = own || /^#r=/.test(location.hash) ? [] : lostDrafts(places[1], Date.now());
  if (own) draft = own;
  if (!own && !lost.length) return;
  channel?.postMessage("who");
  const answers = new Promise((done) => { setTimeout(done, ANSWER); });
  if (own) return void answers.then(() => { if (open.has(draft.id)) draft.id = newId(); }); // a copy of a browser tab
  await answers;
  draft = lost.find(({ id }) => !open.has(id)) || draft;
};
let begun = null;
const beginning = () => (begun ||= begin());

// --- Saving: in this browser alone, after a short pause.
const ready = new Set(); // the tabs in which all was restored
let forgotten = false;
const early = new Map(); // by tab: what changed before all was restored
let timer = null;
const write = () => {
  clearTimeout(timer);
  timer = null;
  const places = stored();
  draft.at = Date.now();
  if (places) writeDraft(...places, draft);
};
const save = (tab, fields, values) => {
  if (forgotten) return;
  if (!ready.has(tab)) return void early.set(tab, [fields, values]);
  const entered = enteredValues(fields, values, (name, value) => isRecommended(`${tab}-${name}`, value));
  if (entered.conversation) entered.thread = document.querySelector("#chat-result .omni-message")?.dataset.key || "";
  draft.tabs[tab] = entered;
  clearTimeout(timer);
  timer = setTimeout(write, PAUSE);
};
defineAction("save_draft", (tab, fields, values) => { save(tab, fields, values); return []; });
const forget = () => {
  forgotten = true; // nothing is written after this
  clearTimeout(timer);
  timer = null;
  const places = stored();
  if (places) forgetDrafts(...places);
};
document.addEventListener("submit", ({ target }) => {
  if (!target.querySelector("#omni-sign-out")) return;
  forget();
  channel?.postMessage(FORGET);
});
addEventListener("pagehide", () => { if (timer) write(); });
document.addEventListener("visibilitychange", () => { if (timer && document.hidden) write(); });

// --- Restoring: words and settings at once, files when the app has said that they are still there.
const valueOf = (tab, { name }) => draft.tabs[tab]?.[name];
defineAction("restore_drafts", async (tab, fields) => {
  await beginning();
  return fields.map((field) => {
    const isFocused = document.getElementById(field.id)?.contains(document.activeElement);
    const typing = wasTyped(field.id) || (isFocused && document.activeElement.value !== ""); // an empty field may be filled in
    const value = valueOf(tab, field);
    return value === undefined || typing ? SKIP : value ?? field.initial;
  });
});

const isThere = async (address) => {
  try {
    return (await fetch(address, { method: "HEAD", credentials: "same-origin", signal: AbortSignal.timeout(LOOK) })).ok;
  } catch {
    return false;
  }
};
const withFiles = async (value) => {
  if (Array.isArray(value)) return (await Promise.all(value.map(withFiles))).filter((file) => file !== null);
  return (await Promise.all(addressesIn(value).map(isThere))).every(Boolean) ? value : null;
};
const finish = (tab, fields) => {
  ready.add(tab);
  const files = new Set(fields.map(({ name }) => name));
  const [known, values] = early.get(tab) || [];
  // What was read before the files were back does not know them yet.
  if (known) save(tab, known, known.map(({ name }, at) => values[at] ?? (files.has(name) ? valueOf(tab, { name }) ?? null : values[at])));
  early.delete(tab);
};
defineAction("restore_files", async (tab, fields) => {
  await beginning();
  const values = await Promise.all(fields.map(async (field) => {
    const value = valueOf(tab, field);
    return value ? withFiles(value) : null;
  }));
  finish(tab, fields);
  return values.map((value) => value ?? SKIP);
});

// --- The conversation is put together by the app, which must go on with it.
defineComponent("draft_conversation", async ({ props, trigger }) => {
  await beginning();
  const { conversation, thread } = draft.tabs.chat || {};
  if (!conversation?.messages?.length) return;
  await whenMounted("chat");
  props.value = { conversation, thread: thread || "" };
  trigger("input");
});
