// The setting at which a run failed: marked, said there, and ready to be mended.
import { make } from "../../core/js/dom.js";
import { byId } from "../../core/js/tab_elements.js";
import { openMore } from "./more_settings.js";

const marked = {}; // by tab, what takes the mark of each field away
const runs = {}; // by tab, how often its marks were taken away: a field that is drawn later belongs to an earlier run
let acted = false; // the visitor has gone on since Run was pressed: the focus is theirs

if (typeof document !== "undefined") {
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, (event) => { acted ||= event.isTrusted; }, { capture: true });
  addEventListener("click", (event) => { if (event.target.closest?.("[id$='-run']")) acted = false; }, { capture: true });
}

const PATIENCE = 5000; // ms for a field to be drawn
const rest = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });
const EDGE = 12; // px above it that stay free
const BAR = 96; // px at the lower edge of the screen that the bar with Run may cover
/** Scrolls the page alone: `scrollIntoView` would also move what is cut off by the boxes around it. */
const bringIntoSight = (block) => {
  const { top, bottom } = block.getBoundingClientRect();
  if (top < EDGE || bottom > innerHeight - BAR) scrollBy({ top: top - EDGE });
};

const unmark = (tab, field) => { marked[tab]?.get(field)?.(); marked[tab]?.delete(field); };
export const clearFault = (tab) => {
  runs[tab] = (runs[tab] || 0) + 1;
  for (const field of marked[tab]?.keys() || []) unmark(tab, field);
};

/** faults: by wire name what is wrong with a field, each said there; the first gets the focus. Gives whether all have
 * such a place. */
export const markFaults = (tab, faults) => {
  clearFault(tab);
  return faults.map(([field, words], at) => mark(tab, field, words, at === 0)).every(Boolean);
};
const inputOf = (tab, field) => byId(`${tab}-${field}`)?.querySelector("textarea, input:not([type=range], [type=checkbox])");
const mark = (tab, field, words, first) => {
  if (byId(`${tab}-${field}`)?.offsetParent) return tell(tab, field, words, first);
  const folds = [...document.querySelectorAll(`#${tab}-tab .omni-holds-${field}`)]; // widgets/form.py
  if (!inputOf(tab, field) && !folds.length) return false;
  if (!folds.length || folds.some((fold) => fold.matches(".omni-fold"))) openMore(tab);
  for (const fold of folds) if (!fold.matches(".omni-fold")) fold.querySelector(":scope > .label-wrap:not(.open)")?.click();
  const since = runs[tab];
  untilDrawn(tab, field).then(() => {
    if (runs[tab] !== since) return;
    // The stage says it where there is no such place after all.
    if (!tell(tab, field, words, first)) byId(`${tab}-status`)?.querySelector("[data-at-field]")?.removeAttribute("data-at-field");
  });
  return true;
};
/** Gradio draws what is in a fold when that is opened, and first asks for the scripts of what it has not drawn before. */
const untilDrawn = async (tab, field) => {
  for (const until = performance.now() + PATIENCE; !inputOf(tab, field) && performance.now() < until;) await rest(50);
};
const tell = (tab, field, words, first) => {
  const block = byId(`${tab}-${field}`);
  const input = inputOf(tab, field);
  if (!input) return false;
  const note = make("p", { class: "omni-fault", id: `${tab}-${field}-fault` }, words);
  const before = input.getAttribute("aria-describedby");
  (block.querySelector(".omni-pictures") ?? block).append(note); // within the frame of a field of pictures
  block.toggleAttribute("data-fault", true);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", [before, note.id].filter(Boolean).join(" "));
  marked[tab] ??= new Map();
  marked[tab].set(field, () => {
    note.remove();
    block.removeAttribute("data-fault");
    input.removeAttribute("aria-invalid");
    if (before) input.setAttribute("aria-describedby", before);
    else input.removeAttribute("aria-describedby");
  });
  block.addEventListener("input", () => unmark(tab, field), { once: true });
  if (!first || acted || !byId(`${tab}-tab`)?.offsetParent) return true;
  if (matchMedia("(pointer: coarse)").matches) bringIntoSight(block); // the focus would bring the keyboard
  else input.focus();
  return true;
};
