// The page before Gradio has drawn it (omni_ui/app/loading/early_page.py), which early_show.js has shown, where it is
// the tab that will be seen. What was typed goes into Gradio's field, focus and caret with it; a tab or Run that was
// pressed is pressed again when the page has begun.
import { call } from "../../core/js/components.js";
import { begun, markTyped } from "../../core/js/early_input.js";
import { ready as translated } from "../../features/i18n/language.js";
import { done } from "./early_show.js";

const LATE = 15000; // ms after which Gradio's own sign may say why its page does not come; what was typed stays
const PATIENCE = 10000; // ms after which the field is handed over although a part of the page has not come

const rest = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
/** Enters a text into Gradio's field, which empties it once more where its script has just drawn it. */
const enter = async (field, text) => {
  for (let tries = 0; tries < 10; tries += 1) {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await rest(50);
    if (field.value !== "") return;
  }
};

/** Takes the early page away; from then on Gradio's is seen. */
const uncover = (early) => {
  early.remove();
  delete document.documentElement.dataset.early;
};

/** Moves what was typed, with the focus and the caret, and takes the early page away. */
const handOver = async (early, words, field) => {
  const focused = document.activeElement === words;
  const { value, selectionStart, selectionEnd } = words;
  if (value) markTyped(early.dataset.field);
  uncover(early);
  const entering = value ? enter(field, value) : null;
  if (focused) {
    field.focus({ preventScroll: true });
    field.setSelectionRange(selectionStart, selectionEnd);
  }
  await entering;
};

/** Waits for Gradio's field, hands over, and presses what was pressed. */
const follow = (early) => {
  const words = early.querySelector("textarea");
  // Each kind of Gradio's parts comes with a script of its own, on a slow line one second after the other, and what
  // stands above would push down what is there. These are of three kinds.
  const others = ["omni-state", `${early.dataset.tab}-run`];
  let timer = null;
  let isLate = false;
  const look = async () => {
    const field = document.querySelector(`#${early.dataset.field} textarea`);
    if (!field) return;
    timer ??= setTimeout(() => { isLate = true; look(); }, PATIENCE);
    if (!isLate && !others.every((id) => document.getElementById(id))) return;
    if (done.isComposing) return; // moving the text would end the work of an input method
    observer.disconnect();
    clearTimeout(timer);
    await rest(0); // what has drawn it listens to it by then
    if (done.isComposing) return; // it looks again at its end
    const isRun = early.querySelector(".omni-early-run button").hasAttribute("aria-busy");
    await Promise.all([handOver(early, words, field), begun]);
    if (done.tab) document.getElementById(`${done.tab}-tab-button`)?.click();
    if (isRun) call("press_run", early.dataset.tab);
  };
  const observer = new MutationObserver(look);
  observer.observe(document.querySelector("gradio-app"), { childList: true, subtree: true });
  done.composed = () => setTimeout(look);
  setTimeout(() => { if (!words.value) uncover(early); }, LATE);
  document.documentElement.dataset.early = "shown";
  look();
};

const early = typeof document === "undefined" ? null : document.getElementById("omni-early");
if (early) translated.then(() => early.isConnected && follow(early));
