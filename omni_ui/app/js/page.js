// The page's own script: what needs no round trip to the app. Each part stands alone.

import { nextStop } from "../../core/js/toolbar.js";
import { TABS, byId, openTab } from "../../core/js/tab_elements.js";

// --- The clock of a run: counts between the app's own messages, which come only when something changes.
// Gradio puts the same element back for the next run, so one that was gone begins anew.
let clocks = new Map();
setInterval(() => {
  const seen = clocks;
  clocks = new Map();
  for (const clock of document.querySelectorAll(".omni-clock")) {
    const stamp = clock.dataset.since;
    const earlier = seen.get(clock);
    const began = earlier?.stamp === stamp ? earlier.began : performance.now() - 1000 * stamp;
    clocks.set(clock, { stamp, began });
    clock.textContent = `${((performance.now() - began) / 1000).toFixed(1)} s`;
  }
}, 100);

// --- Stop is live only while something runs; a change of state is announced once.
const announcer = document.createElement("div");
announcer.id = "omni-announcer";
announcer.setAttribute("role", "status");
announcer.setAttribute("aria-live", "polite");
announcer.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";
const said = {};
/** A state as it is read out: fact after fact, without buttons and without what is folded away. */
const spoken = (box) => {
  const copy = box.cloneNode(true);
  for (const part of copy.querySelectorAll("details, button")) part.remove();
  for (const fact of copy.querySelectorAll(".omni-fact")) fact.append(", ");
  return copy.textContent.replace(/\s+/g, " ").replace(/ , /g, ", ").replace(/[, ]+$/, "").trim();
};
const watch = () => {
  if (!announcer.isConnected && document.body) document.body.append(announcer);
  for (const name of [...TABS, "server", "history"]) {
    const box = byId(`${name}-status`)?.querySelector(".omni-status");
    if (!box) continue;
    const state = box.dataset.state;
    const stop = byId(`${name}-stop`);
    if (stop && stop.disabled !== (state !== "working")) stop.disabled = state !== "working";
    const words = state === "working" ? box.querySelector(".omni-note")?.textContent : box.textContent;
    if (said[name] === `${state}${words}`) continue;
    const first = said[name] === undefined;
    said[name] = `${state}${words}`;
    if (!first) announcer.textContent = state === "working" ? words : state === "done" ? `Done. ${spoken(box)}` : spoken(box);
  }
};
setInterval(watch, 150);

// --- Clicks: code panes switch and copy.
document.addEventListener("click", (event) => {
  const target = event.target.closest?.("button");
  if (!target) return;
  const code = target.closest(".omni-code");
  if (!code) return;
  if (target.classList.contains("omni-copy")) {
    navigator.clipboard?.writeText(code.querySelector("pre:not([hidden])").innerText).then(() => {
      target.textContent = "Copied";
      setTimeout(() => (target.textContent = "Copy"), 1500);
    });
  } else if (target.dataset.pane !== undefined) {
    for (const tab of code.querySelectorAll("[role=tab]")) {
      tab.setAttribute("aria-selected", tab === target);
      tab.tabIndex = tab === target ? 0 : -1;
    }
    for (const pane of code.querySelectorAll("pre, .omni-trap")) pane.hidden = pane.dataset.pane !== target.dataset.pane;
  }
});

// Its languages are one stop of the Tab key; arrows go between them.
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.(".omni-code [role=tab]")) return;
  const tabs = [...event.target.parentElement.querySelectorAll("[role=tab]")];
  const to = nextStop(event.key, tabs.indexOf(event.target), tabs.length);
  if (to < 0) return;
  event.preventDefault();
  tabs[to].focus();
  tabs[to].click();
});

// --- Keys: Ctrl+Enter (or Cmd) runs the open tab, Escape stops it.
document.addEventListener("keydown", (event) => {
  const name = openTab();
  if (!name) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    const field = document.activeElement;
    field?.dispatchEvent?.(new Event("change", { bubbles: true }));
    byId(`${name}-run`)?.click();
  } else if (event.key === "Escape" && event.isTrusted && !event.defaultPrevented && !document.querySelector("dialog[open]")) {
    const stop = byId(`${name}-stop`);
    if (stop && !stop.disabled) stop.click();
  }
});

// Space does nothing on a slider: Chromium would scroll the page, away from what the slider changes.
document.addEventListener("keydown", (event) => {
  if (event.key === " " && event.target.matches?.("input[type=range], [role=slider]")) event.preventDefault();
});
