// The buttons below a result (omni_ui/features/repeat/repeat.py) and below a failure (omni_ui/features/error_fixes/error_fixes.py).
import { defineAction, defineComponent } from "../../core/js/components.js";
import { byId, fill } from "../../core/js/tab_elements.js";
import { fixedValues } from "./fixed_values.js";

const ask = {}; // by tab: asks the app to repeat the result that is shown
const fix = {}; // by tab: hands on what is to be changed
const status = (tab) => document.getElementById(`${tab}-status`);
const state = (tab) => status(tab)?.querySelector(".omni-status")?.dataset.state;
const rest = (ms) => new Promise((done) => setTimeout(done, ms));

defineComponent("repeat", ({ trigger, options: { tab } }) => { ask[tab] = (what) => trigger("input", { what }); });
defineComponent("error_fix", ({ props, trigger, options: { tab } }) => {
  fix[tab] = (order) => { props.value = { ...order, at: Date.now() }; trigger("input"); };
});

defineAction("fixed_values", fixedValues);

const starting = new Set(); // tabs
/**
 * Starts a run, until the status shows that it has begun: Gradio drops what is pressed while a run is just ending.
 * pressed: whether that was done once already.
 */
const start = async (tab, act, pressed = false) => {
  let begun = false; // a run that fails at once, with the words of the last one, is seen by this alone
  const before = status(tab)?.innerHTML;
  const watch = new MutationObserver(() => { begun ||= state(tab) !== "done" || status(tab).innerHTML !== before; });
  if (status(tab)) watch.observe(status(tab), { childList: true, characterData: true, subtree: true });
  starting.add(tab);
  for (let tries = 0; tries < 8 && !begun; tries++) {
    await rest(pressed ? 300 : 60); // a control that was just filled in tells Gradio so first
    if (pressed && begun) break;
    act();
    if (tab === "video") break; // there every press is a job of its own
    for (let waits = 0; waits < 10 && !begun; waits++) await rest(80);
  }
  starting.delete(tab);
  watch.disconnect();
};
/** Presses Run, also where a run is just ending. */
export const pressRun = (tab) => start(tab, () => document.getElementById(`${tab}-run`)?.click());

const ENDING = 1000; // ms
const ends = {}; // by tab: when its last run ended
/** Notes that a run has just ended: if Run is pressed now, and nothing begins, it is pressed again. */
export const noteEnd = (tab) => { ends[tab] = performance.now(); };
document.addEventListener("click", (event) => {
  const tab = event.target.closest?.("[id$='-run']")?.id.slice(0, -"-run".length);
  if (tab && !starting.has(tab) && tab !== "video" && performance.now() - ends[tab] < ENDING) start(tab, () => byId(`${tab}-run`)?.click(), true);
}, { capture: true });

defineAction("press_run", (tab) => { pressRun(tab); });

/** The same pictures come again: the one that is selected stays selected. */
const keepSelection = (tab) => document.dispatchEvent(new CustomEvent("omni-same-seed", { detail: `${tab}-result` }));

const repeatOnce = async (tab, what, { seed, count, apart }) => {
  if (state(tab) === "working") return;
  if (what === "check" || apart !== undefined) {
    if (tab === "chat") await answerAgain(); // the last message, and not what is being written
    if (what !== "another") keepSelection(tab);
    start(tab, () => ask[tab](what));
    return;
  }
  if (what === "again") keepSelection(tab);
  fill(`${tab}-seed`, what === "again" ? seed : "");
  if (what === "again" && count) fill(`${tab}-n`, count); // the chosen one comes again only with the others
  if (tab === "chat") await answerAgain();
  pressRun(tab);
};

/** The next press of Send answers the last message once more. */
const answerAgain = async () => (await import("../chat/chat.js")).answerAgain();

/** And this one repeats what failed last, which may have been such an answer: there is nothing in its field then. */
const answerFailedAgain = async () => (await import("../chat/chat.js")).answerFailedAgain();

const mend = async (tab, order) => {
  if (order.press) {
    document.getElementById(order.press)?.click();
    for (let waits = 0; waits < 50 && state(tab) === "failed"; waits++) await rest(100);
  } else if (tab === "chat") await answerFailedAgain();
  if (Object.keys({ ...order.set, ...order.keep }).length) fix[tab]?.(order);
  else pressRun(tab);
};

/**
 * The keyboard goes back to the button that was pressed, in the actions of the result that it brought, or below the next
 * failure. In Chat, where Send goes while an answer comes, it would be lost. places: selectors by the state of the end.
 */
export const returnFocus = (tab, button, places) => {
  const ours = () => [byId(`${tab}-run`), byId(`${tab}-stop`), document.body].includes(document.activeElement);
  let begun = false;
  const before = status(tab)?.innerHTML;
  // A run may be over before its beginning was seen: then the button has gone, and something else is said.
  const isOver = () => !button.isConnected && state(tab) !== "failed" && status(tab).innerHTML !== before;
  const follow = () => {
    const now = state(tab);
    if (now === "working" || (!begun && (now !== "failed" || button.isConnected))) return;
    watch.disconnect();
    const again = begun && ours() && places[now] && document.querySelector(places[now]);
    if (again) again.focus({ preventScroll: true });
  };
  const watch = new MutationObserver(() => {
    begun ||= state(tab) === "working" || isOver();
    setTimeout(follow, 100); // what the run brings is shown at the same time
  });
  watch.observe(status(tab), { childList: true, subtree: true });
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".omni-again button, .omni-fixes button");
  const row = button?.closest("[data-tab]");
  if (!row) return;
  const { tab } = row.dataset;
  if (button.matches(":focus-visible")) {
    const failed = `#${tab}-status .omni-fixes button`;
    returnFocus(tab, button, button.dataset.do ? { done: `.omni-again[data-tab="${tab}"] button[data-do="${button.dataset.do}"]`, failed } : { failed });
  }
  byId(`${tab}-run`)?.focus({ preventScroll: true }); // the button goes with what it belongs to
  if (button.dataset.do) repeatOnce(tab, button.dataset.do, row.dataset);
  else mend(tab, JSON.parse(button.dataset.fix));
});
