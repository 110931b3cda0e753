// The page before Gradio has drawn it (omni_ui/app/loading/early_page.py): shown as soon as this script runs, where it
// is the tab that will be seen. What was typed goes into Gradio's field, focus and caret with it; a tab or Run that was
// pressed is pressed again when the page has begun.
import { call } from "../../core/js/components.js";
import { begun, markTyped } from "../../core/js/early_input.js";
import { ready as translated } from "../../features/i18n/language.js";
import { isSeenFirst } from "./seen_first.js";

const LATE = 15000; // ms after which Gradio's own sign may say why its page does not come; what was typed stays

const rest = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });
/** Enters a text into Gradio's field, which empties it once more where its script has just drawn it. */
const enter = async (field, text) => {
  for (let tries = 0; tries < 10; tries += 1) {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await rest(50);
    if (field.value !== "") return;
  }
};

/** Moves what was typed, with the focus and the caret, and takes the early page away. */
const handOver = async (early, words, field) => {
  const focused = document.activeElement === words;
  const { value, selectionStart, selectionEnd } = words;
  if (value) markTyped(early.dataset.field);
  early.remove();
  const entering = value ? enter(field, value) : null;
  if (focused) {
    field.focus({ preventScroll: true });
    field.setSelectionRange(selectionStart, selectionEnd);
  }
  await entering;
};

const show = (early) => {
  const words = early.querySelector("textarea");
  const { tab } = early.dataset;
  let opened = "";
  let isComposing = false; // an input method is at work: moving the text would end it
  const run = early.querySelector(".omni-early-run button");
  const press = () => { run.setAttribute("aria-busy", "true"); };
  run.addEventListener("click", press);
  early.addEventListener("keydown", (event) => {
    const sends = event.key === "Enter" && !event.isComposing && (event.ctrlKey || event.metaKey || (tab === "chat" && !event.shiftKey));
    if (!sends || event.target !== words) return;
    event.preventDefault();
    press();
  });
  early.addEventListener("click", (event) => {
    const button = event.target.closest("[data-opens]");
    if (!button) return;
    opened = button.dataset.opens;
    for (const other of early.querySelectorAll("[data-opens]")) other.dataset.chosen = String(other === button);
  });
  const look = async () => {
    const field = document.querySelector(`#${early.dataset.field} textarea`);
    if (!field || isComposing) return;
    observer.disconnect();
    await rest(0); // what has drawn it listens to it by then
    if (isComposing) return; // it looks again at its end
    await Promise.all([handOver(early, words, field), begun]);
    if (opened) document.getElementById(`${opened}-tab-button`)?.click();
    if (run.hasAttribute("aria-busy")) call("press_run", tab);
  };
  const observer = new MutationObserver(look);
  observer.observe(document.querySelector("gradio-app"), { childList: true, subtree: true });
  words.addEventListener("compositionstart", () => { isComposing = true; });
  words.addEventListener("compositionend", () => { isComposing = false; setTimeout(look); });
  setTimeout(() => { if (!words.value) early.remove(); }, LATE);
  early.hidden = false;
  look();
};

const early = typeof document === "undefined" ? null : document.getElementById("omni-early");
if (early) {
  const { search, hash } = location;
  const theme = new URLSearchParams(search).get("__theme");
  if (theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches)) document.body.classList.add("dark");
  if (!isSeenFirst(early.dataset.tab, hash, history.state?.omniTab, search)) early.remove();
  else translated.then(() => early.isConnected && show(early));
}
