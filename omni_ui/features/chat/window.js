// The window of a conversation: it fills the screen, follows the answer, and its settings fold away.
import { defineComponent } from "../../core/js/components.js";
import { sourceOf } from "../../core/js/language.js";
import { isOpenTab } from "../../core/js/tab_elements.js";
import { countChanged, takeRecommended } from "./changed_settings.js";

const PANEL = "omni_chat_settings";
const NARROW = matchMedia("(max-width: 1199px)");
const root = document.documentElement;
const tab = () => document.getElementById("chat-tab");

// --- Settings: beside the conversation where there is room, over it where there is none.
const storedChoice = () => {
  try { return localStorage.getItem(PANEL); } catch { return null; }
};
const storeChoice = (state) => {
  try { localStorage.setItem(PANEL, state); } catch { /* storage is off: the next visit begins as the first did */ }
};
const isOpen = () => tab()?.dataset.settings === "open";
const setPanel = (open) => {
  const state = open ? "open" : "closed";
  if (tab()) tab().dataset.settings = state;
  document.querySelector("#chat-panel-switch button")?.setAttribute("aria-expanded", String(open));
};
const foldPanel = () => setPanel(!NARROW.matches && storedChoice() !== "closed");
NARROW.addEventListener("change", foldPanel);

const fieldsOf = (panel) => {
  const values = new Map();
  for (const block of panel.querySelectorAll("[id^='chat-']")) {
    const fields = [...block.querySelectorAll("input, textarea, select")].filter((field) => field.closest("[id^='chat-']") === block);
    if (!fields.length) continue;
    const words = ({ value }) => sourceOf(value.trim()) ?? value.trim(); // the same choice in another language is no change
    const value = fields.map((field) => (["checkbox", "radio"].includes(field.type) ? field.checked : words(field)));
    values.set(block.id, JSON.stringify(value));
  }
  return values;
};

defineComponent("chat_panel", ({ element }) => {
  const button = element.querySelector("button");
  const count = element.querySelector(".omni-count");
  let first = null;
  const recount = () => {
    const panel = document.querySelector("#chat-tab .omni-controls");
    if (!panel) return;
    const now = fieldsOf(panel);
    first ??= now;
    takeRecommended(first, now, (id) => document.getElementById(id)?.hasAttribute("data-up"));
    const changed = countChanged(first, now);
    count.hidden = !changed;
    count.textContent = String(changed);
    button.title = changed ? `${changed} changed` : "";
  };
  button.addEventListener("click", () => {
    setPanel(!isOpen());
    if (!NARROW.matches) storeChoice(isOpen() ? "open" : "closed");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !NARROW.matches || !isOpen() || !event.target.closest?.("#chat-tab .omni-controls")) return;
    setPanel(false);
    button.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!NARROW.matches || !isOpen()) return;
    if (!event.target.closest?.("#chat-tab .omni-controls, #chat-panel-switch, [role=listbox]")) setPanel(false);
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#chat-tab .omni-explore")) return;
    if (NARROW.matches) setPanel(false);
    document.getElementById("chat-grid-board")?.scrollIntoView({ block: "center" }); // it stands below the conversation
  });
  foldPanel();
  requestAnimationFrame(beginMarks); // with what is drawn at the same time
  requestAnimationFrame(() => offerTools());
  followBegin(element);
  setInterval(() => { if (!document.hidden && isOpenTab("chat")) { recount(); offerTools(); } }, 1500);
  document.getElementById("chat-tab")?.addEventListener("change", () => setTimeout(recount, 50));
  requestAnimationFrame(recount);
});

// --- The buttons above a conversation: those that have nothing to do are disabled.
const held = { messages: 0, undo: false }; // the number of messages, and whether there is a change to take back
/** Tells what the conversation holds now, as far as it changed. */
export const offerTools = (news = {}) => {
  Object.assign(held, news);
  const offered = { "chat-undo": held.undo, "chat-clear": held.messages > 0, "chat-export": held.messages > 0 };
  for (const [id, can] of Object.entries(offered)) {
    const button = document.getElementById(id);
    if (!button || button.disabled === !can) continue;
    const focused = document.activeElement === button;
    button.disabled = !can;
    // A button that is disabled would lose the focus; not to the message, where a phone would open its keyboard.
    if (focused && !can) (document.querySelector("#chat-undo:enabled") || document.querySelector("#chat-panel-switch button"))?.focus({ preventScroll: true });
  }
};

// --- What is going on, as marks of the tab. A rule with :has() would instead be looked at, and a long conversation styled
// anew, with every word that comes.
const mark = (name, place, sign) => {
  const look = () => tab()?.toggleAttribute(name, !!place.querySelector(sign));
  new MutationObserver(look).observe(place, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-state"] });
  look();
};
const beginMarks = () => {
  mark("data-answering", document.getElementById("chat-status"), '[data-state="working"]');
  mark("data-heard", document.getElementById("chat-player"), '.omni-listen:not([data-state="ended"])');
};

// --- Its height: from where it begins to the lower edge of the screen. What stands above it moves it, and so makes what
// both stand in taller: an observer of that tells of it when the page is laid out anyway, where a look now and then would
// lay it out once more.
const measure = () => {
  const columns = tab()?.querySelector(".omni-columns");
  const { top, height } = columns ? columns.getBoundingClientRect() : {};
  if (!height) return; // another tab is shown
  const begin = `${Math.round(top + scrollY)}px`;
  if (root.style.getPropertyValue("--chat-top") !== begin) root.style.setProperty("--chat-top", begin);
};
/** switcher: a part of the tab, which tells when the tab is drawn, also where the tab is not in the page yet. */
const followBegin = (switcher) => {
  let columns = null;
  const grown = new ResizeObserver(() => {
    measure();
    if (columns) return;
    columns = tab()?.querySelector(".omni-columns");
    for (let part = columns; part; part = part.parentElement) grown.observe(part);
  });
  grown.observe(switcher);
  grown.observe(document.body);
};

// --- It follows the answer, unless the reader has scrolled up.
const NEAR = 80; // px from the end that still count as reading the end
let following = true;
const scroller = () => document.getElementById("chat-talk");
const atEnd = (talk) => talk.scrollHeight - talk.scrollTop - talk.clientHeight < NEAR;
/** Shows the end of the conversation, and follows it from then on. */
const showEnd = () => {
  const talk = scroller();
  following = true;
  if (talk) talk.scrollTop = talk.scrollHeight;
};
const newest = Object.assign(document.createElement("button"), { type: "button", className: "omni-newest", hidden: true });
newest.textContent = "Newest message";
newest.addEventListener("click", showEnd);
const offerEnd = () => {
  const talk = scroller();
  if (talk) newest.hidden = following || atEnd(talk);
};
const grown = new ResizeObserver(() => {
  if (following) showEnd();
  else offerEnd();
});
/** Follows the end from now on. It is shown with the next frame: to scroll at once would lay out the page one time more. */
export const followEnd = () => { following = true; };
/** Begins to follow what grows in this element of the conversation. */
export const follow = (element) => {
  grown.observe(element);
  const talk = element.closest(".omni-talk");
  if (!talk || talk.dataset.followed) return;
  talk.dataset.followed = "true";
  talk.after(newest);
  let height = talk.scrollTop;
  let touched = 0; // when the reader last did something here: only then a move upwards is theirs
  for (const name of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    talk.addEventListener(name, () => { touched = performance.now(); }, { passive: true });
  }
  talk.addEventListener("scroll", () => {
    // Upwards is the reader's doing; downwards counts when it reaches the end.
    if (talk.scrollTop < height - 1 && !atEnd(talk) && performance.now() - touched < 1000) following = false;
    else if (atEnd(talk)) following = true;
    height = talk.scrollTop;
    offerEnd();
  }, { passive: true });
};
