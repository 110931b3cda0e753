// The setting at which a run failed: marked, said there, and ready to be mended.
import { make } from "../../core/js/dom.js";
import { openMore } from "./more_settings.js";

const marked = {}; // by tab, what takes the mark of each field away
let acted = false; // the visitor has gone on since Run was pressed: the focus is theirs

if (typeof document !== "undefined") {
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, (event) => { acted ||= event.isTrusted; }, { capture: true });
  addEventListener("click", (event) => { if (event.target.closest?.("[id$='-run']")) acted = false; }, { capture: true });
}

const EDGE = 12; // px above it that stay free
const BAR = 96; // px at the lower edge of the screen that the bar with Run may cover
/** Scrolls the page alone: `scrollIntoView` would also move what is cut off by the boxes around it. */
const bringIntoSight = (block) => {
  const { top, bottom } = block.getBoundingClientRect();
  if (top < EDGE || bottom > innerHeight - BAR) scrollBy({ top: top - EDGE });
};

const unmark = (tab, field) => { marked[tab]?.get(field)?.(); marked[tab]?.delete(field); };
export const clearFault = (tab) => { for (const field of marked[tab]?.keys() || []) unmark(tab, field); };

/** faults: by wire name what is wrong with a field, each said there; the first gets the focus. Gives whether all have
 * such a place. */
export const markFaults = (tab, faults) => {
  clearFault(tab);
  return faults.map(([field, words], at) => mark(tab, field, words, at === 0)).every(Boolean);
};
const mark = (tab, field, words, first) => {
  const block = document.getElementById(`${tab}-${field}`);
  const input = block?.querySelector("textarea, input:not([type=range], [type=checkbox])");
  if (!input) return false;
  if (!block.offsetParent) openMore(tab);
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
  if (!first || acted || !document.getElementById(`${tab}-tab`)?.offsetParent) return true;
  if (matchMedia("(pointer: coarse)").matches) bringIntoSight(block); // the focus would bring the keyboard
  else input.focus();
  return true;
};
