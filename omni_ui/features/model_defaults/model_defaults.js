// Fills in what the makers of a model recommend (omni_ui/features/model_defaults/model_defaults.py). What the visitor entered always stays.
import { defineAction } from "../../core/js/components.js";
import { onceDrawn } from "../../core/js/dom.js";
import { isMounted } from "../../core/js/mounted_tabs.js";
import { TABS } from "../../core/js/tab_elements.js";

const SKIP = { __type__: "update" };
const defaultsNow = {}; // by elem_id: what was filled in last, which is nobody's own entry
const same = (left, right) => String(left ?? "") === String(right ?? "");

/** Whether a control holds what was only recommended. */
export const isRecommended = (id, value) => id in defaultsNow && same(value, defaultsNow[id]);

/** What was recommended for a control, undefined where nothing was. */
export const recommendedValue = (id) => defaultsNow[id];

/** A recommended setting is seen, also where its like is folded away. */
const raise = (id) => document.getElementById(id)?.toggleAttribute("data-up", id in defaultsNow);

const filled = new Set(); // tabs in which settings were opened since the page came: a recipe, or a result
/** tab: where settings are opened; without one it may be any of them. */
export const markFilled = (tab) => { for (const name of tab ? [tab] : TABS) filled.add(name); };

/** fields: [{ name, label, initial }], one for each value but the last, which is the note of the tab. */
export const fillDefaults = (tab, fields, first, [recommended, ...values]) => {
  if (!isMounted(tab)) return values.map(() => SKIP);
  const late = first && filled.has(tab);
  const kept = [];
  const defaults = fields.map(({ name, label, initial }, at) => {
    const id = `${tab}-${name}`;
    const modelValue = recommended?.fields?.[name] ?? null;
    const typing = document.getElementById(id)?.contains(document.activeElement);
    const own = late || typing || !same(values[at], id in defaultsNow ? defaultsNow[id] : initial);
    if (modelValue === null && (own || !(id in defaultsNow))) return SKIP;
    if (modelValue !== null && own) {
      if (!same(values[at], modelValue)) kept.push(label);
      return SKIP;
    }
    delete defaultsNow[id];
    if (modelValue !== null) defaultsNow[id] = modelValue;
    raise(id);
    return modelValue ?? initial;
  });
  const note = kept.length && recommended.note ? `${recommended.note} Your own values stay: ${kept.join(", ")}.` : SKIP;
  return [...defaults, note];
};
const DRAWN = 100; // ms without a change after which Gradio has drawn what was said of the model together with this
const PATIENCE = 2000; // ms in which that has come to an end
/** Marks a tab whose settings stand as its model wants them. */
const markKnown = (tab) => {
  const page = document.getElementById(`${tab}-tab`);
  if (!page) return;
  const know = () => { observer.disconnect(); page.setAttribute("data-model-known", ""); };
  const wait = () => setTimeout(() => onceDrawn(know), DRAWN);
  let still = wait();
  const observer = new MutationObserver(() => { clearTimeout(still); still = wait(); });
  observer.observe(page.querySelector(".omni-controls") || page, { subtree: true, childList: true, attributes: true });
  setTimeout(know, PATIENCE);
};
defineAction("fill_defaults", (tab, ...about) => {
  const updates = fillDefaults(tab, ...about);
  markKnown(tab);
  return updates;
});

/** A setting that was only recommended makes way for a picture that says it better, and comes back without it. */
const away = new Set();
export const giveWay = (id, [files, value]) => {
  const there = files?.length;
  const follows = there ? id in defaultsNow && same(value, defaultsNow[id]) : away.delete(id) && id in defaultsNow && same(value, "");
  if (!follows) return SKIP;
  if (there) away.add(id);
  return there ? "" : defaultsNow[id];
};
defineAction("give_way", giveWay);

/** A result is opened again in its tab: all that stands there now is the visitor's own. */
export const claimTab = (tab) => {
  for (const id of Object.keys(defaultsNow)) {
    if (!id.startsWith(`${tab}-`)) continue;
    delete defaultsNow[id];
    raise(id);
  }
};
defineAction("claim_tab", claimTab);
