// Which server and model this page talks to, asked from our own route: the header, and a notice in each tab.
import { defineAction } from "../../core/js/components.js";
import { appRoot, onceDrawn } from "../../core/js/dom.js";
import { sessionHeaders, setSession } from "../../core/js/session.js";
import { greet, hideSettings, markSettings, offerFiles } from "../../features/servers/server_limits.js";
import { TABS, byId, isOpenTab, openTab } from "../../core/js/tab_elements.js";
import { showDemoNotice } from "./demo_notice.js";

const WORDS = { demo: "Demo server", ready: "Ready", busy: "Busy", down: "Not reachable", none: "No server" };
const text = (parent, tag, words, className) => {
  const element = document.createElement(tag);
  element.textContent = words;
  if (className) element.className = className;
  parent.append(element);
  return element;
};
const notice = (name, seen) => {
  const place = byId(`${name}-server`);
  if (!place) return;
  const key = JSON.stringify(seen);
  if (place.dataset.seen === key && place.querySelector(".omni-notice, .omni-fine")) return;
  place.dataset.seen = key;
  if (seen.state === "demo" && seen.can) return showDemoNotice(place);
  place.replaceChildren();
  const cannot = seen.state !== "down" && seen.state !== "none" && !seen.can;
  if (seen.state === "down" || seen.state === "none" || cannot) {
    const box = text(place, "div", "", "omni-notice");
    box.dataset.state = seen.state;
    text(box, "span", seen.reason || "This server did not answer.");
    if (seen.start) { text(box, "span", " Start this instead: "); text(box, "code", seen.start); }
  } else {
    text(place, "span", "", "omni-fine");
  }
};
/** The light in the header: how busy the server is. load: { running, waiting }, or nothing when it does not say. */
const showLoad = (load) => {
  const light = document.querySelector("#omni-state .omni-light");
  if (!light) return;
  const { running = 0, waiting = 0 } = load || {};
  const busy = running + waiting > 0;
  const crowd = waiting ? `busy: ${running} running, ${waiting} waiting` : "busy";
  const text = !load ? "" : busy ? crowd : "free";
  if (light.textContent !== text) light.textContent = text;
  light.dataset.load = load ? (busy ? "busy" : "free") : "";
};
let last = null;
const showState = () => {
  if (!last) return;
  const seen = last[isOpenTab("talk") ? "chat" : openTab()] || last.image || Object.values(last)[0];
  const pill = document.querySelector("#omni-state .omni-pill");
  if (!pill || !seen) return;
  const words = seen.waiting ? `${WORDS[seen.state]}, ${seen.waiting} waiting` : WORDS[seen.state];
  if (pill.dataset.words !== words) pill.textContent = pill.dataset.words = words; // what is seen may be translated
  pill.dataset.state = seen.state;
  showLoad(seen.load);
  const model = document.querySelector("#omni-state .omni-model");
  const text = seen.model || seen.address || ""; // both would be cut off; the tab Server tells all
  if (model && model.textContent !== text) model.textContent = text;
  if (model) model.title = [seen.model, seen.address].filter(Boolean).join(" · ");
  for (const [name, state] of Object.entries(last)) {
    notice(name, state);
    markSettings(name, state.lacks);
    hideSettings(name, state.hides);
  }
  offerFiles(last.chat?.takes);
  greet(last.chat?.takes, last.chat?.makes);
  onceDrawn(() => byId("chat-tab")?.setAttribute("data-server-known", ""));
};
const ask = async () => {
  if (document.hidden) return;
  try {
    last = await (await fetch(`${appRoot()}/omni/status`, { headers: sessionHeaders() })).json();
  } catch {
    last = Object.fromEntries(TABS.map((name) => [name, { state: "down", reason: "This page's server does not answer. What you typed is still here." }]));
  }
  showState();
};
setInterval(ask, 15000);
setInterval(showState, 400);
document.addEventListener("visibilitychange", ask);
for (const name of ["offline", "online"]) addEventListener(name, ask);
document.addEventListener("omni-run-failed", ask); // it may be the server that is gone
setTimeout(ask, 0);
defineAction("use_server", ([session]) => {
  setSession(session);
  ask();
});
defineAction("ask_server_state", ask);
