// Languages. The page is written in English; this puts the texts of another language in their place
// (omni_ui/languages). What Gradio draws is translated by Gradio; both follow the same choice.
import { appRoot } from "../../core/js/dom.js";
import { pageLanguage, STORE } from "./choose_language.js";
import { isTranslated, learn, sourceOf, translate } from "../../core/js/language.js";
import { knowGradiosWords, nameTabs } from "./gradio_words.js";

const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt"];
// What people and models wrote is never translated, nor is code.
const THEIRS = "[translate=no], script, style, pre, code, .omni-model, .omni-body, .omni-said, .omni-thought > div, "
  + ".omni-history-prompt, .omni-history-whole, .omni-history-detail td, .omni-job-prompt, .omni-preset-own button:not(.omni-preset-remove), [contenteditable=true]";
const OURS = ".omni-picture"; // our own buttons within an answer

let language = pageLanguage();
const gradios = document.documentElement.lang; // it started before this script, with the browser's first language
document.documentElement.lang = language;

// --- Into the page
const theirs = (element) => element?.closest?.(THEIRS) && !element.closest(OURS);
const english = (text) => { const words = text.trim().replace(/\s+/g, " "); return sourceOf(words) ?? words; };
const become = (value) => {
  const source = english(value);
  const text = translate(source);
  return text === value.trim().replace(/\s+/g, " ") ? value : value.replace(value.trim(), () => text);
};
const textNode = (node) => {
  const place = node.parentElement;
  if (!place || !node.nodeValue.trim() || place.tagName === "TEXTAREA" || theirs(place)) return;
  if (place.tagName === "OPTION" && !place.hasAttribute("value")) return; // its text is its value
  const text = become(node.nodeValue);
  if (text !== node.nodeValue) node.nodeValue = text;
};
const attributes = (element) => {
  for (const name of ATTRIBUTES) {
    const value = element.getAttribute?.(name);
    if (!value || theirs(element)) continue;
    const text = become(value);
    if (text !== value) element.setAttribute(name, text);
  }
};
const all = (from) => {
  if (from.nodeType === Node.TEXT_NODE) { textNode(from); return; }
  if (from.nodeType !== Node.ELEMENT_NODE || theirs(from) && !from.querySelector(OURS)) return;
  attributes(from);
  for (const element of from.querySelectorAll(ATTRIBUTES.map((name) => `[${name}]`).join())) attributes(element);
  const walk = document.createTreeWalker(from, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) textNode(walk.currentNode);
};
const observer = new MutationObserver((changes) => {
  if (!isTranslated()) return;
  for (const change of changes) {
    if (change.type === "characterData") textNode(change.target);
    else if (change.type === "attributes") attributes(change.target);
    else change.addedNodes.forEach(all);
  }
});
observer.observe(document.documentElement, {
  childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
});

// --- The choice
const learned = async (code) => {
  const answer = code === "en" ? null : await fetch(`${appRoot()}/omni/languages/${code}`);
  if (answer && !answer.ok) throw new Error("This language could not be loaded.");
  learn(code, answer ? await answer.json() : {});
  knowGradiosWords();
};
/** Gradio has a way to change its language, for a settings page of its own that this page leaves out. */
const tellGradio = async (code) => {
  const core = performance.getEntriesByType("resource").map((entry) => entry.name).find((name) => /\/assets\/core-[\w-]+\.js$/.test(name));
  (await import(core)).changeLocale(code);
};
const change = async (code) => {
  try { localStorage.setItem(STORE, code); } catch { /* not remembered: this page changes all the same */ }
  await learned(code);
  language = code;
  document.documentElement.lang = code;
  if (document.body) all(document.body);
  await tellGradio(code);
  nameTabs();
};
if (gradios !== language) tellGradio(language);
/** Resolves when the page has the texts of its language. */
export const ready = learned(language).then(() => document.body && all(document.body)).catch(() => {});

addEventListener("change", (event) => {
  if (event.target.id === "omni-language") ready.then(() => change(event.target.value));
}, { capture: true });
// The header is drawn by Gradio, at a time of its own.
const select = setInterval(() => {
  const box = document.getElementById("omni-language");
  if (!box) return;
  box.value = language;
  clearInterval(select);
}, 50);
