import { defineComponent } from "../../core/js/components.js";

/** The menus stand after the tabs, so that Tab comes to the prompt first; the header leaves their room free. */
defineComponent("header_menus", ({ element }) => {
  const menus = element.querySelector(".omni-menus");
  new ResizeObserver(() => document.documentElement.style.setProperty("--omni-menus", `${menus.offsetWidth}px`)).observe(menus);
});

// What folds down from the header closes when it is left: by a click elsewhere, by Tab, by Escape.
// And the link with which the keyboard goes straight to the prompt of the open tab.
const MENUS = "details.omni-tell, details.omni-limits";
const closeOthers = (target) => {
  for (const menu of document.querySelectorAll(MENUS)) if (menu.open && !menu.contains(target)) menu.open = false;
};
document.addEventListener("pointerdown", (event) => closeOthers(event.target));
document.addEventListener("focusin", (event) => closeOthers(event.target));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.(MENUS);
  if (!menu?.open) return;
  event.preventDefault();
  menu.open = false;
  menu.querySelector("summary").focus();
});

// Enter on the tab that is open goes into it, too.
let opened = ""; // the tab that was open when a key went down
document.addEventListener("keydown", ({ target }) => { opened = target.matches?.("#omni-tabs [role=tab][aria-selected=true]") ? target.id : ""; }, { capture: true });
document.addEventListener("click", (event) => {
  const entered = event.isTrusted && event.detail === 0 && event.target.closest?.("[role=tab]")?.id === opened && opened;
  if (!entered && !event.target.closest?.(".omni-header .omni-skip")) return;
  event.preventDefault();
  const name = document.querySelector("#omni-tabs [role=tab][aria-selected=true]")?.id.replace(/-tab-button$/, "");
  const within = (kinds) => [...document.querySelectorAll(`#${name}-tab :is(${kinds})`)].find((element) => element.offsetParent && !element.disabled);
  const field = document.querySelector(`#${name}-text textarea`) || within("textarea, input[type=search], .omni-call button") || within("button, input, select, summary, a[href]");
  field?.focus();
});
