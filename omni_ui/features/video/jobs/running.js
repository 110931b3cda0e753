// A video is made for minutes: whoever comes back to another tab reads that it is being made, and goes there by a click.
import { appRoot, make } from "../../../core/js/dom.js";
import { openTab } from "../../../core/js/tab_elements.js";

const STORE = "omni_video_runs"; // in this browser: the videos that were being made when their list was seen last
const EVERY = 5000;

/** Called with each look at the list of videos: without a running one nothing is asked when a page is opened. */
export const rememberRunning = (jobs) => {
  try {
    const open = jobs.filter((job) => job.open).map((job) => job.ticket);
    if (open.length) localStorage.setItem(STORE, open.join(" "));
    else localStorage.removeItem(STORE);
  } catch { /* storage is off: the list on the Video tab says it */ }
};
const remembered = () => { try { return (localStorage.getItem(STORE) || "").split(" ").filter(Boolean); } catch { return []; } };

/**
 * What is said to somebody on another tab than Video, "" for nothing. jobs: the newest first. before: what is said now.
 * awaited: tickets of what was being made at the last look, also of one that was seen by an earlier page.
 */
export const noteFor = (jobs, before, awaited = []) => {
  if (jobs.some((job) => job.open)) return "Your video is being made.";
  const ended = before ? jobs[0] : jobs.find((job) => awaited.includes(job.ticket));
  if (!before && !ended) return "";
  return ended?.video ? "Your video is ready." : "Your video could not be made.";
};

let note = null;
let closed = ""; // what somebody has closed is not said again
const show = (words) => {
  if (words && words === closed) return;
  closed = "";
  if (!words) {
    if (note?.contains(document.activeElement)) document.getElementById("video-tab-button")?.focus({ preventScroll: true });
    note?.remove();
    note = null;
    return;
  }
  if (!note?.isConnected) {
    const go = make("button", { type: "button", class: "omni-small" }, "Show");
    go.addEventListener("click", () => { document.getElementById("video-tab-button")?.click(); show(""); });
    const close = make("button", { type: "button", class: "omni-small", "aria-label": "Close this note" }, "×");
    close.addEventListener("click", () => {
      const said = note.dataset.words;
      document.getElementById(`${openTab()}-tab-button`)?.focus({ preventScroll: true });
      show("");
      closed = said;
    });
    note = make("div", { class: "omni-running-video" }, make("span", { role: "status" }), go, close);
    document.querySelector(".gradio-container")?.append(note);
  }
  const line = note.querySelector("span");
  if (note.dataset.words !== words) line.textContent = note.dataset.words = words; // what is seen may be translated
};

let asked = 0;
const look = async () => {
  if (document.hidden) return;
  if (openTab() === "video") return show("");
  const awaited = remembered();
  if (!awaited.length || Date.now() - asked < EVERY) return;
  asked = Date.now();
  try {
    const answer = await fetch(`${appRoot()}/omni/jobs`, { credentials: "same-origin" });
    if (!answer.ok) return;
    const { jobs } = await answer.json();
    rememberRunning(jobs);
    if (openTab() !== "video") show(noteFor(jobs, note?.dataset.words || "", awaited));
  } catch { /* the header says that the app does not answer */ }
};
if (typeof document !== "undefined") {
  setInterval(look, 500);
  // Whoever leaves at once does so before the list of videos has the new one.
  document.addEventListener("click", ({ target }) => { if (target.closest?.("#video-run")) rememberRunning([{ open: true, ticket: "new" }]); });
}
