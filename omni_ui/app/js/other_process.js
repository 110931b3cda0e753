// A page belongs to the process that began it: another one, or the same program after a restart, knows nothing of its
// conversation. Where another one answers, the page is reloaded, and its drafts bring back what was typed and said.
import { appRoot } from "../../core/js/dom.js";
import { leaveWithoutAsking } from "./leaving.js";

const PAUSE = 5000; // ms between two questions, which the visitor's moves, keys and clicks give rise to
const RELOADED = "omni_reloaded"; // in sessionStorage: when, so that a proxy that ties no page to a process ends in no loop
const BETWEEN_RELOADS = 30000; // ms
let own = null;
let asked = -PAUSE;

const mayReload = () => {
  try {
    if (Date.now() - Number(sessionStorage.getItem(RELOADED)) < BETWEEN_RELOADS) return false;
    sessionStorage.setItem(RELOADED, String(Date.now()));
    return true;
  } catch { // storage is off
    return false;
  }
};
const look = async () => {
  if (document.hidden || performance.now() - asked < PAUSE) return;
  asked = performance.now();
  try {
    const answer = await fetch(`${appRoot()}/omni/process`, { cache: "no-store" });
    if (!answer.ok) return;
    const { process } = await answer.json();
    own ??= process;
    if (process === own || !mayReload()) return;
  } catch { // nobody answers: Gradio says so
    return;
  }
  leaveWithoutAsking();
  location.reload();
};
for (const kind of ["pointermove", "pointerdown", "keydown", "focusin"]) addEventListener(kind, look, { capture: true, passive: true });
document.addEventListener("visibilitychange", look);
setTimeout(look, 0);
