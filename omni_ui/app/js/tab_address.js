// Tabs in the address (`#speech`) and in the browser's history: Back and Forward go between them.
// A recipe's link has the fragment to itself (`#r=…`); the entry of the history remembers its tab then.
import { defineAction } from "../../core/js/components.js";
import { pageBegun } from "../../core/js/early_input.js";
import { isMounted, mountTab, prepareTab } from "../../core/js/mounted_tabs.js";
import { done as early } from "./early_show.js";

const SUFFIX = "-tab-button";
/** The name of the tab that a fragment asks for, "" when it asks for none. */
export const tabOfHash = (hash) => /^#([a-z]{1,20})(?:\/.*)?$/.exec(hash)?.[1] || "";

/** The address of a tab: what it says of the tab's own contents stays, such as `#video/<job>`. */
export const addressOf = (name, hash) => (tabOfHash(hash) === name ? hash : `#${name}`);

/** What a change of the tab does to the browser's history: "push" a new entry, or "replace" what this one remembers. */
export const entryFor = (touched, remembered) => (touched && remembered ? "push" : "replace");

const buttonOf = (name) => (name ? document.getElementById(`${name}${SUFFIX}`) : null);
const selectedTab = () => document.querySelector(`#omni-tabs [role=tab][aria-selected=true][id$="${SUFFIX}"]`)?.id.slice(0, -SUFFIX.length) || "";

let touched = false; // the visitor has clicked or typed: what opens a tab from now on is their doing
let goal = ""; // the tab to which Back or an address is going
const open = (name) => {
  const button = buttonOf(name);
  if (!button || selectedTab() === name) return;
  goal = name;
  button.click();
};

const frame = () => new Promise((done) => { requestAnimationFrame(done); setTimeout(done, 100); }); // unseen pages have no frames
/** Resolves when a tab keeps its height for some frames. */
const stillness = async (name) => {
  for (let last = 0, still = 0, count = 0; still < 3 && count < 40; count += 1) {
    await frame();
    const height = document.getElementById(`${name}-tab`)?.scrollHeight;
    still = height === last ? still + 1 : 0;
    last = height;
  }
};

/** The parts of the tab that is seen, shown when all of them are drawn. A click asks again for what did not come. */
const fetchParts = async (name) => {
  if (isMounted(name)) return;
  const strip = document.getElementById("omni-tabs");
  strip?.setAttribute("data-drawing", name);
  try {
    await mountTab(name);
    await stillness(name);
  } catch {
    const tab = document.getElementById(`${name}-tab`);
    if (!tab || tab.querySelector(".omni-error")) return;
    const note = document.createElement("p");
    note.className = "omni-error";
    note.setAttribute("role", "alert");
    note.textContent = "This tab could not be loaded. Reload the page.";
    tab.append(note);
  } finally {
    if (strip?.getAttribute("data-drawing") === name) strip.removeAttribute("data-drawing");
  }
};

/** What had the focus in the tab before is out of sight when another tab is opened by "→ Edit", by Back or by a link. */
const keepFocus = async (name) => {
  await frame();
  await frame();
  const held = document.activeElement;
  const isLost = !held || held === document.body || (held.closest(".tabitem") && !held.offsetParent);
  if (isLost && selectedTab() === name && !document.querySelector("dialog[open]")) buttonOf(name).focus({ preventScroll: true });
};

let shownTab = "";
const follow = () => {
  const name = selectedTab();
  if (name) fetchParts(name);
  if (touched && shownTab && name && name !== shownTab) keepFocus(name); // not at first: the page's start is before the tabs
  shownTab = name || shownTab;
  if (!name || (goal && name !== goal)) return;
  goal = "";
  const remembered = history.state?.omniTab;
  if (remembered === name) return;
  const state = { omniTab: name };
  if (entryFor(touched, remembered) === "push") history.pushState(state, "", `#${name}`);
  else history.replaceState({ ...history.state, ...state }, "", tabOfHash(location.hash) ? addressOf(name, location.hash) : undefined);
};

const touch = (event) => { if (event.isTrusted) { touched = true; goal = ""; } };
if (typeof document !== "undefined") {
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, touch, { capture: true });
  addEventListener("popstate", () => {
    const name = history.state?.omniTab || tabOfHash(location.hash);
    if (!buttonOf(name)) return;
    if (!history.state?.omniTab) history.replaceState({ ...history.state, omniTab: name }, "");
    open(name);
  });
}

/** Before the app has answered: the tab that the address names. */
defineAction("open_address", () => {
  const name = tabOfHash(location.hash) || history.state?.omniTab || "";
  if (buttonOf(name)) {
    chosen = true;
    open(name);
  }
  const strip = document.getElementById("omni-tabs");
  if (strip) new MutationObserver(follow).observe(strip, { subtree: true, attributeFilter: ["aria-selected"] });
  follow();
  pageBegun();
  return [];
});

// --- The tab to begin with: the one of the address, else one that works, unless the visitor was faster.
let chosen = false;
const choose = (event) => { chosen ||= Boolean(event.isTrusted && event.target.closest?.("[role=tab], [data-opens]")); };
/** A tab that is pointed at or reached by its key is likely to be opened: its scripts come meanwhile. */
const expect = (event) => {
  const name = event.target.closest?.("[role=tab]")?.id.replace(SUFFIX, "");
  if (name) prepareTab(name);
};
if (typeof document !== "undefined") {
  addEventListener("click", choose, { capture: true });
  for (const name of ["pointerover", "focusin"]) addEventListener(name, expect, { passive: true });
}
defineAction("open_tab", ([{ tab }]) => { if (!chosen && !early.tab) open(tab); }); // a tab may be pressed before this script is there
