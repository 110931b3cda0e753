// The folded settings and the shapes of a size (omni_ui/features/stage/more_settings.py).
import { defineAction, defineComponent } from "../../core/js/components.js";
import { isRecommended, recommendedValue } from "../model_defaults/model_defaults.js";
import { isUnchanged } from "./changed.js";

const REST = 250; // ms after the last change before the settings are counted
const STORE = "omni_more"; // whether they are unfolded, in this browser
const remembered = () => { try { return localStorage.getItem(STORE) === "yes"; } catch { return false; } };
const remember = (open) => { try { localStorage.setItem(STORE, open ? "yes" : "no"); } catch { /* for this page alone */ } };
const heads = {}; // by tab: { show(count) }
const column = (tab) => document.querySelector(`#${tab}-tab .omni-controls`);

defineComponent("more_settings", ({ element, props, trigger, options: { tab } }) => {
  const fold = element.querySelector(".omni-more-fold");
  const count = element.querySelector(".omni-more-count");
  const reset = element.querySelector(".omni-more-reset");
  const controls = element.closest(".omni-controls");
  // Gradio draws what is in its own fold only when that is open; its line is out of sight.
  const label = () => controls.querySelector(".omni-fold > .label-wrap");
  const show = (open) => {
    fold.setAttribute("aria-expanded", String(open));
    controls.toggleAttribute("data-more", open);
    if (label() && label().classList.contains("open") !== open) label().click();
  };
  fold.addEventListener("click", () => {
    const open = fold.getAttribute("aria-expanded") !== "true";
    remember(open);
    show(open);
  });
  reset.addEventListener("click", () => { props.value = { at: Date.now() }; trigger("redo"); fold.focus(); });
  heads[tab] = {
    open: () => show(true),
    tell: (changed) => {
      count.textContent = changed ? `${changed} changed` : "";
      reset.hidden = !changed;
    },
  };
  let timer = null;
  const soon = () => { clearTimeout(timer); timer = setTimeout(() => { props.value = { at: Date.now() }; trigger("input"); }, REST); };
  for (const name of ["input", "change", "click", "focusout"]) controls.addEventListener(name, soon);
  document.addEventListener("omni-filled", soon);
  // The app may unfold it too, to show a file that it put there.
  new MutationObserver(() => { if (label()?.classList.contains("open") && fold.getAttribute("aria-expanded") !== "true") show(true); })
    .observe(controls, { subtree: true, attributeFilter: ["class"] });
  // Gradio draws the column in one go; its fold is there a moment later.
  if (remembered()) setTimeout(() => show(true));
  soon();
});

/** Unfolds the settings of a tab. */
export const openMore = (tab) => heads[tab]?.open();

defineAction("count_settings", (tab, fields, values) => {
  const changed = fields.filter(({ id, initial }, at) => !isUnchanged(values[at], initial) && !isRecommended(id, values[at]));
  heads[tab]?.tell(changed.length);
  return [];
});
defineAction("reset_settings", (fields) => {
  setTimeout(() => document.dispatchEvent(new Event("omni-filled")), 100);
  return fields.map(({ id, initial }) => recommendedValue(id) ?? initial);
});

// --- Shapes
const chips = {}; // by elem_id
defineComponent("shapes", ({ element, props, trigger, options: { tab, field } }) => {
  const buttons = [...element.querySelectorAll("[data-size]")];
  const free = element.querySelector(".omni-shape-free");
  const show = (size) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.size === size));
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const size = button.getAttribute("aria-pressed") === "true" ? "" : button.dataset.size;
      props.value = { size, at: Date.now() };
      trigger("input");
      show(size);
    });
  }
  free.addEventListener("click", () => {
    const open = free.getAttribute("aria-pressed") !== "true";
    free.setAttribute("aria-pressed", String(open));
    column(tab).toggleAttribute("data-free", open);
  });
  chips[`${tab}-shapes`] = show;
  show(document.querySelector(`#${field} input`)?.value || "");
});
defineAction("show_shape", (id, [size]) => { chips[id]?.(String(size || "")); return []; });
