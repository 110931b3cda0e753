// Tells those who want it when a long run ends: by a sound, or by a notification of the browser.
import { TABS } from "../../core/js/tab_elements.js";

const STORE = "omni_tell";
const LONG = 10000; // milliseconds from which a run is long
const titleOf = (tab) => document.getElementById(`${tab}-tab-button`)?.textContent.trim() || "Omni UI";
let wished = { how: "off", always: false };
try { wished = { ...wished, ...JSON.parse(localStorage.getItem(STORE) || "{}") }; } catch { /* nothing is stored here */ }
const keep = (change) => {
  wished = { ...wished, ...change };
  try { localStorage.setItem(STORE, JSON.stringify(wished)); } catch { /* it holds until the page is closed */ }
};

let sound = null;
const wake = () => { // browsers let a page sound only after a click or a key
  if (wished.how !== "sound") return;
  sound ||= new AudioContext();
  if (sound.state === "suspended") sound.resume();
};
addEventListener("pointerdown", wake, { capture: true });
addEventListener("keydown", wake, { capture: true });
const chime = () => {
  if (!sound) return;
  [[660, 0], [880, 0.16]].forEach(([hertz, at]) => {
    const [tone, level, from] = [sound.createOscillator(), sound.createGain(), sound.currentTime + at];
    tone.frequency.value = hertz;
    level.gain.setValueAtTime(0, from);
    level.gain.linearRampToValueAtTime(0.15, from + 0.02);
    level.gain.exponentialRampToValueAtTime(0.001, from + 0.3);
    tone.connect(level).connect(sound.destination);
    tone.start(from);
    tone.stop(from + 0.32);
  });
};
const tell = (tab, state) => {
  const { how, always } = wished;
  if (how === "off" || !(always || document.hidden)) return;
  if (how === "sound") chime();
  else if (window.Notification?.permission === "granted") {
    const note = new Notification(state === "done" ? "Ready" : "Failed", { body: `${titleOf(tab)}: ${state === "done" ? "the result is here" : "the run did not succeed"}`, tag: `omni-${tab}` });
    note.onclick = () => { window.focus(); document.getElementById(`${tab}-tab-button`)?.click(); note.close(); };
  }
};

const began = {};
const watch = (tab) => {
  const place = document.getElementById(`${tab}-status`);
  if (!place || place.dataset.watched) return;
  place.dataset.watched = "yes";
  let before = "";
  // Observers are told at once, also in a page that is not seen, where timers hardly run.
  new MutationObserver(() => {
    const state = place.querySelector(".omni-status")?.dataset.state || "";
    if (state === before) return;
    if (state === "working") began[tab] = performance.now();
    else if (before === "working" && ["done", "failed"].includes(state) && performance.now() - began[tab] >= LONG) tell(tab, state);
    before = state;
  }).observe(place, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-state"] });
};
setInterval(() => TABS.forEach(watch), 500);

// --- The switch
const show = () => {
  const box = document.querySelector(".omni-tell");
  if (!box || box.dataset.shown) return;
  box.dataset.shown = "yes";
  for (const option of box.querySelectorAll("[name=omni-tell]")) option.checked = option.value === wished.how;
  box.querySelector("[name=omni-always]").checked = wished.always;
};
setInterval(show, 300);
const say = (box, words) => { box.querySelector("[role=status]").textContent = words; };
const choose = async (box, option) => {
  say(box, "");
  if (option.value === "notification") {
    const may = window.Notification ? await Notification.requestPermission() : "none";
    if (may !== "granted") {
      say(box, may === "none" ? "Notifications are not available here: they need https." : "The browser does not allow notifications: allow them in its settings for this page.");
      box.dataset.shown = "";
      return show();
    }
  }
  keep({ how: option.value });
  if (option.value === "sound") { wake(); chime(); }
};
document.addEventListener("change", (event) => {
  const box = event.target.closest?.(".omni-tell");
  if (!box) return;
  if (event.target.name === "omni-tell") choose(box, event.target);
  if (event.target.name === "omni-always") keep({ always: event.target.checked });
});
const fold = (event) => {
  const open = document.querySelector(".omni-tell[open]");
  if (!open || (event.type === "keydown" ? event.key !== "Escape" : open.contains(event.target))) return;
  open.open = false;
  if (event.type === "keydown") { event.preventDefault(); open.querySelector("summary").focus(); }
};
addEventListener("click", fold);
addEventListener("keydown", fold, { capture: true });
