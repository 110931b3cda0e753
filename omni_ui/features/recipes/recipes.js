// Recipes (omni_ui/features/recipes/panel.py): links, presets, downloads with settings, files whose settings are opened.
import { defineAction, defineComponent } from "../../core/js/components.js";
import { appRoot, downloadBlob, isBusy, make, setBusy } from "../../core/js/dom.js";
import { isTranslated, translate } from "../../core/js/language.js";
import { mountTabs } from "../../core/js/mounted_tabs.js";
import { TABS } from "../../core/js/tab_elements.js";
import { knownOffers } from "../assist/offers.js";
import { markFilled } from "../model_defaults/model_defaults.js";
import { changePresets, inOtherWords, isPresetEvent, readPresets, withoutPreset } from "./preset_store.js";


// --- Opening: a link, a file or a preset goes to the app, which checks it and fills in the controls.
let hand = null;
let send = null;
let note = () => {};
/** The app reads whose settings they are, so all tabs must be there to take them. */
const prepare = async () => {
  await mountTabs(TABS);
  markFilled();
};

/** The recipe in this page's address, if there is one. Called by the app when the page has loaded.
 *  It is filled in once: after a reload or Back, what was typed since then counts (features/drafts). */
const linkedRecipe = () => {
  if (!/^#r=/.test(location.hash) || history.state?.omniLinkTaken) return null;
  try { sessionStorage.getItem(""); } catch { return { link: location.hash }; } // no drafts without storage
  history.replaceState({ ...history.state, omniLinkTaken: true }, "");
  return { link: location.hash };
};
defineAction("linked_recipe", async () => {
  const what = linkedRecipe();
  if (what) {
    note("Opening the link …"); // all tabs are fetched first, which takes seconds on a slow line
    await prepare();
  }
  return [what];
});

defineComponent("recipe_opener", ({ element, props, trigger, watch, upload }) => {
  const box = element.querySelector(".omni-opened");
  note = (words, bad = false) => {
    box.replaceChildren();
    box.hidden = !words;
    if (!words) return;
    const close = make("button", { type: "button", "aria-label": "Close this note" }, "×");
    close.addEventListener("click", () => note(""));
    box.dataset.state = bad ? "bad" : "ok";
    box.append(make("span", {}, words), close);
  };
  hand = async (what) => {
    await prepare();
    props.value = { ...what, at: Date.now() };
    trigger("input");
  };
  send = upload;
  watch("note", () => props.note && note(props.note.said, props.note.bad));
});
document.addEventListener("click", (event) => { if (event.target.closest?.('button[id$="-run"]')) note(""); });
window.addEventListener("hashchange", () => { const what = linkedRecipe(); if (what) hand?.(what); });

const openFile = async (file) => {
  if (!hand) return;
  note(`Reading ${file.name} …`);
  try {
    const { path } = await send(file);
    await hand({ file: { path, orig_name: file.name, meta: { _type: "gradio.FileData" } } });
  } catch (error) {
    note(`${file.name} could not be uploaded: ${error.message || error}`, true);
  }
};

// The settings of a picture that stands in a field, when they are asked for.
document.addEventListener("omni-open-settings", ({ detail: { path, orig_name: name } }) => {
  hand?.({ file: { path, orig_name: name, meta: { _type: "gradio.FileData" } } });
});

// A file that is dropped where nothing else takes it would replace the page; here its settings are opened.
const ours = (event) => !event.defaultPrevented && [...(event.dataTransfer?.types || [])].includes("Files")
  && (event.target.closest?.(".omni-presets") || !event.target.closest?.(".block")?.querySelector("input[type=file]"));
document.addEventListener("dragover", (event) => { if (ours(event)) event.preventDefault(); });
document.addEventListener("drop", (event) => {
  if (!ours(event) || !event.dataTransfer.files.length) return;
  event.preventDefault();
  openFile(event.dataTransfer.files[0]);
});

// --- Presets
const store = (change) => {
  const problem = changePresets(localStorage, change);
  if (!problem) document.dispatchEvent(new Event("omni-presets"));
  return problem;
};
window.addEventListener("storage", (event) => { if (isPresetEvent(event)) document.dispatchEvent(new Event("omni-presets")); });

defineComponent("presets", ({ element, props, options: { tab } }) => {
  const list = element.querySelector(".omni-preset-list");
  const picker = element.querySelector("input[type=file]");
  const chip = (name, ofPreset) => {
    const element = make("button", { type: "button", class: "omni-small omni-preset" }, name);
    element.addEventListener("click", async () => hand?.({ recipe: await ofPreset() }));
    return element;
  };
  /** One that comes with the app speaks the language of the page, where the tab's model reads that. */
  const shipped = (recipe) => async () => {
    if (!isTranslated()) return recipe;
    const { languages } = await knownOffers().catch(() => ({ languages: {} }));
    return languages[tab] === "English" ? recipe : inOtherWords(recipe, translate);
  };
  const show = () => {
    list.replaceChildren(...(props.shipped || []).map((preset) => chip(preset.name, shipped(preset.recipe))));
    let own = [];
    try { own = readPresets(localStorage).filter((preset) => preset.tab === tab); } catch { list.append(make("span", { class: "omni-quiet" }, "Your own presets cannot be read in this browser.")); }
    for (const preset of own) {
      const remove = make("button", { type: "button", class: "omni-small omni-preset-remove", "aria-label": `Delete the preset ${preset.name}`, title: "Delete" }, "×");
      remove.addEventListener("click", () => note(store((all) => withoutPreset(all, preset)), true));
      const pair = make("span", { class: "omni-preset-own" });
      pair.append(chip(preset.name, () => preset.recipe), remove);
      list.append(pair);
    }
  };
  picker.addEventListener("change", () => { if (picker.files.length) openFile(picker.files[0]); picker.value = ""; });
  document.addEventListener("omni-presets", () => element.isConnected && show());
  show();
});

// --- Below a result
const say = (box, words, bad = false, brief = false) => {
  const line = box.querySelector(".omni-recipe-note");
  line.textContent = words;
  line.toggleAttribute("data-brief", brief); // the button says it too: on a phone the row of actions stays a row
  line.classList.toggle("omni-error", bad);
  if (bad) line.scrollIntoView({ block: "nearest" });
};

const COPIED = 2000; // milliseconds for which the button says so: a line of text may lie below the window's edge

export const LINK_COPIED = "Link copied. It opens this page with the prompt and the settings filled in; the result itself is not sent.";

/** Copies the link to a packed recipe. Where the browser gives no clipboard, as on pages without https: a field with it. */
export const copyLinkTo = async (packed, button) => {
  const link = `${location.origin}${location.pathname}#r=${packed}`;
  try {
    await navigator.clipboard.writeText(link);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy link"; }, COPIED);
    return null;
  } catch {
    const field = make("input", { readonly: "", "aria-label": "Link", class: "omni-link" });
    field.value = link;
    return field;
  }
};

const copyLink = async (box, button) => {
  if (!box.dataset.link) return say(box, box.dataset.nolink, true);
  const field = await copyLinkTo(box.dataset.link, button);
  if (!field) return say(box, LINK_COPIED, false, true);
  say(box, "");
  box.querySelector(".omni-recipe-note").append(field);
  field.scrollIntoView({ block: "nearest" });
  field.select();
};

const take = async (box, button) => {
  if (isBusy(button)) return;
  const inside = button.dataset.holds && box.querySelector("[data-do=with]")?.checked;
  setBusy(button, true);
  try {
    // The recipe goes along as the text that it is: a seed of 64 bits would be rounded by JSON.parse.
    const body = `{"file": ${JSON.stringify(button.dataset.file)}, "recipe": ${inside ? box.dataset.recipe : "null"}}`;
    const answer = await fetch(`${appRoot()}/omni/take`, { method: "POST", headers: { "Content-Type": "application/json" }, body });
    if (!answer.ok) throw new Error((await answer.json()).detail || `status ${answer.status}`);
    downloadBlob(await answer.blob(), button.dataset.name);
    say(box, "");
  } catch (error) {
    say(box, `${error.message || error}`, true);
  }
  setBusy(button, false);
};
document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".omni-recipe [data-do]");
  const box = button?.closest(".omni-recipe");
  if (!box) return;
  if (button.dataset.do === "link") copyLink(box, button);
  if (button.dataset.do === "take") take(box, button);
  if (button.dataset.do === "rest") {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    if (open) button.closest(".omni-recipe-place")?.scrollIntoView({ block: "nearest" });
  }
  if (button.dataset.do === "preset") {
    const form = box.querySelector("form");
    form.hidden = !form.hidden;
    if (!form.hidden) form.querySelector("input").focus(); // which scrolls to it
  }
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest?.(".omni-recipe-name");
  if (!form) return;
  event.preventDefault();
  const box = form.closest(".omni-recipe");
  const name = form.querySelector("input").value.trim();
  if (!name) return;
  const preset = { tab: box.dataset.tab, name, recipe: box.dataset.recipe };
  const wrong = store((all) => [...withoutPreset(all, preset), preset]);
  form.hidden = !wrong;
  say(box, wrong || `Saved as ${name}. It is in this tab's presets, in this browser.`, Boolean(wrong));
});
