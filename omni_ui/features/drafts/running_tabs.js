// Which tabs had a run under way when the page was reloaded. No part of this needs a document.
import { TABS } from "../../core/js/tab_elements.js";

const RUNNING = "omni_running"; // in sessionStorage: the names of those tabs
const LOST = "omni_lost"; // the same: the tab that was open when the connection was lost
const OUTLIVING = ["video"]; // its jobs outlive the page
const RESTORING = ["chat", ...OUTLIVING]; // what was under way there is shown again by itself

/** Remembers the tabs in which a run is under way. states: by tab, what its status says. */
export const noteRunning = (page, states) => {
  const running = TABS.filter((tab) => !OUTLIVING.includes(tab) && states[tab] === "working").join(" ");
  if ((page.getItem(RUNNING) || "") === running) return;
  if (running) page.setItem(RUNNING, running);
  else page.removeItem(RUNNING);
};

/** Whether Gradio has said that the process behind the page is gone. It reloads the page when another one answers. */
export const isConnectionLost = (document) =>
  [...document.querySelectorAll(".toast-body")].some((toast) => toast.textContent.includes("Connection to the server was lost"));

/** Remembers which tab was open when the connection was lost: what was pressed since then came to nothing. */
export const noteLost = (page, tab) => { if (tab && page.getItem(LOST) !== tab) page.setItem(LOST, tab); };

/** The tab that was open when the connection was lost before this reload, "" where it was not, or the tab restores itself. */
export const lostTab = (page, navigation) => {
  const tab = page.getItem(LOST) || "";
  page.removeItem(LOST);
  return navigation === "reload" && TABS.includes(tab) && !RESTORING.includes(tab) ? tab : "";
};

/** The tabs whose runs were cut off by a reload; none in a page that came otherwise, such as a copy of a browser tab. */
export const cutOffTabs = (page, navigation) => {
  const names = (page.getItem(RUNNING) || "").split(" ");
  page.removeItem(RUNNING);
  return navigation === "reload" ? TABS.filter((tab) => names.includes(tab)) : [];
};
