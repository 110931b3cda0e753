// The menu of an answer: what is seldom wanted, and the facts of the answer. One menu for the whole conversation.
import { make } from "../../core/js/dom.js";

const menu = make("div", { class: "omni-menu", popover: "auto", role: "menu" });
let opener = null;
const items = () => [...menu.querySelectorAll("[role=menuitem]")];

const place = () => {
  const at = opener.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + 4 + height <= innerHeight;
  menu.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - 4 - height)}px`;
  menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
};

/** Opens the menu at a button. entries: [words, act] each. facts: a line below them. label: what the menu is called. */
export const openMenu = (button, label, entries, facts = "") => {
  if (!menu.isConnected) document.querySelector(".gradio-container")?.append(menu);
  opener = button;
  menu.setAttribute("aria-label", label);
  menu.replaceChildren(...entries.map(([words, act]) => {
    const item = make("button", { type: "button", role: "menuitem", tabindex: "-1" }, words);
    item.addEventListener("click", () => { menu.hidePopover(); act(); });
    return item;
  }));
  if (facts) menu.append(make("p", { class: "omni-quiet" }, facts));
  menu.showPopover();
  place();
  button.setAttribute("aria-expanded", "true");
  items()[0]?.focus();
};

menu.addEventListener("toggle", (event) => {
  if (event.newState !== "closed" || !opener) return;
  opener.setAttribute("aria-expanded", "false");
  if (menu.contains(document.activeElement) || document.activeElement === document.body) opener.focus();
});
menu.addEventListener("focusout", (event) => {
  if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.hidePopover();
});
menu.addEventListener("keydown", (event) => {
  const all = items();
  const at = all.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (event.key === "Escape") event.stopPropagation();
  if (next === undefined) return;
  event.preventDefault();
  all[(next + all.length) % all.length]?.focus();
});
