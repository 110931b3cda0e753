// The stage of a tab and the bar with Run, in each state of a run (omni_ui/core/status.py): nothing yet, working, done,
// failed, stopped. What is said comes from the app; here it gets its place, its bar and its buttons.
import { TABS, byId, fill, isOpenTab } from "../../core/js/tab_elements.js";
import { call } from "../../core/js/components.js";
import { make, scrollBehavior } from "../../core/js/dom.js";
import { tellHistories } from "../../core/js/history_news.js";
import { sourceOf, translate } from "../../core/js/language.js";
import { pictureFields } from "../../widgets/pictures/picture_fields.js";
import { knownOffers } from "../assist/offers.js";
import { noteEnd } from "../repeat/repeat.js";
import { clearFault, markFaults } from "./fault.js";
import { keepInOneRow } from "../send_to/fit_actions.js";
import { roomForWords, secondsOf, shareOf } from "./progress.js";

const narrow = matchMedia("(max-width: 900px)");
const states = {}; // by tab: what was seen last

/** Seconds that the run may take at most by the estimate, 0 when there is none. */
const expected = (tab) => secondsOf(byId(`${tab}-forecast`)?.textContent || "");

/** Below the words of a run under way: how far it is by the estimate, and Stop. */
const tools = (tab, box) => {
  let row = box.querySelector(".omni-working-row");
  if (!row) {
    row = make("div", { class: "omni-working-row" });
    const stop = make("button", { type: "button", class: "omni-small" }, "Stop");
    stop.addEventListener("click", () => { byId(`${tab}-run`)?.focus({ preventScroll: true }); byId(`${tab}-stop`)?.click(); });
    row.append(make("span", { class: "omni-progress", "aria-hidden": "true" }), stop);
    box.append(row);
  }
  const clock = box.querySelector(".omni-clock")?.textContent || "";
  const share = shareOf(parseFloat(clock), states[tab].expected);
  const bar = row.querySelector(".omni-progress");
  bar.style.setProperty("--share", share);
  bar.classList.toggle("omni-progress-unknown", !states[tab].expected);
  return clock;
};

// --- The facts of a result stay below it, as its buttons do, for as long as it is shown: a run that was stopped or failed made no other
const factsOf = {}; // by tab: what was said last, and what the stage showed when the next run began
const sourcesOn = (screen) => [...screen.querySelectorAll(":is(img, audio, video):not(.omni-status *)")].map((medium) => medium.currentSrc || medium.src).join(" ");

const noteFacts = (tab, box) => {
  const facts = box.querySelector(".omni-facts");
  if (facts && facts.textContent !== factsOf[tab]?.line.textContent) factsOf[tab] = { line: facts.cloneNode(true) };
};
const keepFacts = (tab, state, box) => {
  const stays = state === "stopped" || state === "failed";
  const there = box.parentElement.querySelector(":scope > .omni-facts");
  if (there && !stays) there.remove();
  const screen = box.closest(".omni-screen");
  if (there || !stays || !factsOf[tab] || !screen) return;
  const sources = sourcesOn(screen);
  if (sources !== (factsOf[tab].sources ?? sources)) delete factsOf[tab];
  else if (sources) box.after(factsOf[tab].line.cloneNode(true));
};

/** Where Stop stands in the place of Run, it has the focus of Run. */
const followToStop = (tab, held) => {
  const run = byId(`${tab}-run`);
  const gone = !run?.checkVisibility() && [run, document.body].includes(document.activeElement);
  if (narrow.matches ? held : gone && states[tab].state === "working") byId(`${tab}-stop`)?.focus({ preventScroll: true });
};

const change = (tab, state, box, bar) => {
  const before = states[tab].state;
  if (state === "working" && factsOf[tab]) factsOf[tab].sources = sourcesOn(box.closest(".omni-screen") || box);
  if (before === "working") {
    tellHistories();
    noteEnd(tab);
  }
  if (state === "working") {
    clearFault(tab);
    states[tab].expected = expected(tab);
    if ([byId(`${tab}-run`), document.body].includes(document.activeElement)) setTimeout(followToStop, 300, tab, document.activeElement === byId(`${tab}-run`));
    if (before && narrow.matches) box.closest(".omni-screen")?.scrollIntoView({ block: "start", behavior: scrollBehavior() });
  }
  if (before === "working" && [byId(`${tab}-stop`), document.body].includes(document.activeElement)) byId(`${tab}-run`)?.focus({ preventScroll: true });
  if (state === "failed" && before) document.dispatchEvent(new Event("omni-run-failed"));
  if (state === "failed" && box.dataset.field && before && !box.dataset.mended) {
    const several = box.dataset.faults; // a sentence for each field
    const marked = markFaults(tab, several ? JSON.parse(several) : [[box.dataset.field, box.querySelector("p")?.textContent || ""]]);
    box.toggleAttribute("data-at-field", marked); // the field says it
  }
  const says = box.hasAttribute("data-at-field") ? ".omni-error" : ".omni-error, .omni-missing";
  bar.dataset.note = state === "failed" && !box.dataset.mended ? (box.querySelector(says)?.textContent || "") : "";
};

// --- The tabs are one stop of the Tab key; arrows go between them. On a phone they are one row that can be swiped.
const strip = () => [...document.querySelectorAll("#omni-tabs > .tab-wrapper [role=tab]")];
let tabInSight = "";
addEventListener("resize", () => { tabInSight = ""; });
const showTab = () => {
  const tabs = strip();
  const open = tabs.find((tab) => tab.getAttribute("aria-selected") === "true");
  if (!open || open.id === tabInSight) return;
  tabInSight = open.id;
  for (const tab of tabs) tab.tabIndex = tab === open ? 0 : -1;
  const row = open.parentElement;
  if (narrow.matches) row.scrollLeft = open.offsetLeft - row.offsetLeft - (row.clientWidth - open.offsetWidth) / 2;
};
document.addEventListener("keydown", (event) => {
  const tabs = strip();
  const at = tabs.indexOf(event.target);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  const wanted = tabs[(to + tabs.length) % tabs.length];
  event.preventDefault();
  wanted.focus();
  wanted.click();
});

/** Whether the stage says it in sight, so that the bar need not say it once more. */
const isSeen = (box, bar) => {
  const { top } = (box.querySelector("p") || box).getBoundingClientRect();
  return top >= 0 && top + 24 < bar.getBoundingClientRect().top;
};
/** What was missing is being filled in: it is not said any longer. */
const mend = (event) => {
  const [, tab] = /^(\w+)-tab$/.exec(event.target.closest?.(".omni-controls")?.closest("[id$=-tab]")?.id || "") || [];
  const box = tab && byId(`${tab}-status`)?.querySelector(".omni-status[data-calm]");
  if (!box) return;
  box.dataset.mended = "yes";
  const bar = byId(`${tab}-run`)?.closest(".omni-buttons");
  if (bar) bar.dataset.note = "";
};
for (const name of ["input", "change"]) document.addEventListener(name, mend);

// --- Room on the stage for what a run will show, from the press of Run on: nothing moves when it is there
const BEGINS = 4000; // ms after which a run that was not begun is not waited for
const screenOf = (tab) => byId(`${tab}-status`)?.closest(".omni-screen");

/** Width by height of the picture that is asked for; "" when that is left to the model. */
const shapeAsked = (tab) => {
  const [, width, height] = /^(\d+)\s*x\s*(\d+)$/i.exec(byId(`${tab}-size`)?.querySelector("input")?.value || "") || [];
  return width && height ? String(width / height) : "";
};
const promptOf = (tab) => (byId(`${tab}-prompt`) || byId(`${tab}-input`))?.querySelector("textarea")?.value.trim() || "";

const reserve = (tab) => {
  const screen = screenOf(tab);
  if (!screen || !promptOf(tab)) return;
  screen.style.setProperty("--asked", shapeAsked(tab));
  screen.style.setProperty("--words", tab === "speech" ? roomForWords(promptOf(tab).length, screen.clientWidth) : "");
  const stage = screen.closest(".omni-stage");
  stage.dataset.running = Date.now();
  stage.toggleAttribute("data-several", Number(byId(`${tab}-n`)?.querySelector("input")?.value) > 1); // more is said of them
};

/** state: what the stage says. The room is given back when the run is over, or was never begun. */
const release = (tab, state, before) => {
  const screen = screenOf(tab);
  const stage = screen?.closest(".omni-stage");
  if (!stage || state === "working" || !stage.dataset.running) return;
  if (state === before && Date.now() - stage.dataset.running < BEGINS) return;
  delete stage.dataset.running;
  screen.style.removeProperty("--words");
};
document.addEventListener("click", (event) => {
  const tab = /^(\w+)-run$/.exec(event.target.closest?.("button")?.id || "")?.[1];
  if (tab) reserve(tab);
}, { capture: true });

const lookAt = (tab) => {
  const status = byId(`${tab}-status`);
  const box = status?.querySelector(".omni-status");
  const bar = byId(`${tab}-run`)?.closest(".omni-buttons");
  if (!box || !bar) return;
  const state = box.dataset.state;
  if (!states[tab]) {
    states[tab] = { state: "", expected: 0, key: "" };
    // What the app says replaces what was added here: its bar and Stop are there again before it is drawn.
    new MutationObserver(() => lookAt(tab)).observe(status, { childList: true, subtree: true });
    keepInOneRow(byId(`${tab}-settings`));
  }
  if (state === "done") noteFacts(tab, box);
  keepFacts(tab, state, box);
  release(tab, state, states[tab].state);
  const key = state + (state === "failed" ? box.textContent + (box.dataset.told || "") : "");
  if (states[tab].key !== key) {
    bar.dataset.state = state; // on a phone it shows Run in the place of Stop, or the other way
    change(tab, state, box, bar);
    Object.assign(states[tab], { state, key });
  }
  // A video is made for minutes, and Run stays: a phone's first screen says it after a reload too.
  const going = tab === "video" && state === "working" ? translate("Your video is being made.") : "";
  if (bar.dataset.going !== going) bar.dataset.going = going;
  if (state === "failed" && narrow.matches && isOpenTab(tab)) bar.toggleAttribute("data-said", isSeen(box, bar));
  if (state !== "working") return;
  const clock = box.closest(".omni-screen") ? tools(tab, box) : box.querySelector(".omni-clock")?.textContent || "";
  bar.style.setProperty("--clock", `" ${clock.replace(/["\\]/g, "")}"`);
};
setInterval(() => {
  showTab();
  TABS.forEach(lookAt);
}, 200);

// --- An example fills in what it needs and runs
/** The words of an example, in the language of the page where the tab's model reads that, else in English. */
const wordsOf = async (card, tab) => {
  const words = (card.querySelector("span") || card).textContent;
  const english = sourceOf(words);
  if (!english) return words;
  const { languages } = await knownOffers().catch(() => ({ languages: {} }));
  return languages[tab] === "English" ? english : words;
};
const example = async (card) => {
  const { run: tab, target, file } = card.dataset;
  fill(target, await wordsOf(card, tab));
  byId(`${tab}-run`)?.focus({ preventScroll: true });
  const field = pictureFields[`${tab}-image`];
  if (file && field && !field.first()) {
    const picture = await (await fetch(file)).blob();
    await field.add([new File([picture], file.split("/").pop(), { type: picture.type })]);
  }
  call("press_run", tab);
};
document.addEventListener("click", (event) => {
  const card = event.target.closest?.(".omni-example[data-run]");
  if (card) example(card);
});
