// A run that was cut off because the page was reloaded, as it is when the process that served it has ended: one
// sentence where the result would be, and a button.
import { make, smallButton } from "../../core/js/dom.js";
import { tellHistories } from "../../core/js/history_news.js";
import { whenMounted } from "../../core/js/mounted_tabs.js";
import { TABS, byId, openTab } from "../../core/js/tab_elements.js";
import { cutOffTabs, isConnectionLost, lostTab, noteLost, noteRunning } from "./running_tabs.js";

const WRITTEN = 1500; // ms after which the app has noticed that the page left, and has written the run down
const STAYED = 5000; // ms after which a page that was about to be left has been kept: the visitor was asked, and stayed
const PATIENCE = 10000; // ms for the status of a tab that has come to be drawn
const statusOf = (tab) => byId(`${tab}-status`)?.querySelector(".omni-status");
const storage = () => { try { return sessionStorage; } catch { return null; } }; // storage may be off

const WORDS = {
  run: ["This run was cut off: the page was reloaded while it was running.", "Run again"],
  lost: ["The connection was lost, so the page was loaded again. Your results are in History, and what you typed is still here.", "Run again"],
  chat: ["This answer was cut off: the page was reloaded while it was being written. Your message is in History.", "Open History"],
  again: ["The answer was cut off: the page was reloaded while it was being written.", "Try again"],
};
/** What the button does. */
const press = async (tab, what) => {
  if (what === "again") (await import("../chat/chat.js")).answerAgain();
  byId(what === "chat" ? "history-tab-button" : `${tab}-run`)?.click();
};
const show = (tab, box, what) => {
  const [sentence, label] = WORDS[what];
  const button = smallButton(label, () => press(tab, what), { class: "omni-small omni-cut-off" });
  box.dataset.state = "failed";
  box.replaceChildren(make("p", { class: "omni-error" }, sentence), button);
};
/** A conversation that is back ends with the message that was not answered. isBack: the app has said so already. */
const sayAgain = (isBack) => {
  const look = setInterval(() => {
    const last = byId("chat-result")?.querySelector(".omni-messages > :last-child");
    const box = statusOf("chat");
    if (!last || !(isBack || box?.dataset.state === "done")) return;
    clearInterval(look);
    if (last.dataset.role === "user") show("chat", box, "again");
  }, 200);
  setTimeout(clearInterval, PATIENCE, look);
};
const say = async (tab, what = tab === "chat" ? "chat" : "run") => {
  await whenMounted(tab);
  const until = performance.now() + PATIENCE;
  const look = setInterval(() => {
    const box = statusOf(tab);
    const isBack = box?.dataset.state === "done";
    if (box) show(tab, box, what);
    if (box && what === "chat") sayAgain(isBack);
    if (box || performance.now() > until) clearInterval(look);
  }, 200);
};

const page = storage();
if (page) {
  const navigation = performance.getEntriesByType("navigation")[0]?.type;
  const cutOff = cutOffTabs(page, navigation);
  const lost = lostTab(page, navigation);
  for (const tab of cutOff) say(tab);
  if (cutOff.length) setTimeout(tellHistories, WRITTEN);
  if (lost && !cutOff.includes(lost)) say(lost, "lost");
  // A request that ends because the page is left is called a lost connection by Gradio: only what was lost before counts.
  let isLeaving = false;
  const note = () => {
    try {
      if (!isLeaving && isConnectionLost(document)) noteLost(page, openTab());
      noteRunning(page, Object.fromEntries(TABS.map((tab) => [tab, statusOf(tab)?.dataset.state])));
    } catch { /* no room: nothing is said after a reload then */ }
  };
  setInterval(note, 300);
  const leave = () => {
    note();
    isLeaving = true;
    setTimeout(() => { isLeaving = false; }, STAYED);
  };
  addEventListener("beforeunload", leave, { capture: true }); // before Gradio's own
  addEventListener("pagehide", note); // a run that ended just now was not cut off
}
