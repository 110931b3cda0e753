// Explore and Grid (omni_ui/features/grid/view.py): other values of one or two settings, side by side.
import { defineComponent } from "../../core/js/components.js";
import { appRoot, downloadBlob, isBusy, make, scrollBehavior, setBusy } from "../../core/js/dom.js";
import { sessionHeaders } from "../../core/js/session.js";
import { reopenResult } from "../send_to/send_to.js";
import { foldedWaits } from "../waits/waits_table.js";
import { boardTable, markStage, mediaOf } from "./cells.js";
import { listenForExplore } from "./explore_button.js";

const PATIENCE = 400; // ms after the last key before the app is asked how long it would take
const narrow = matchMedia("(max-width: 600px)");
const boards = {}; // by tab: what its Explore buttons call

/** What is asked, for the title of what is taken home. */
const asked = (tab) => {
  const field = document.querySelector(["prompt", "input", "text"].map((name) => `#${tab}-${name} textarea`).join());
  const last = [...document.querySelectorAll(`#${tab}-result [data-role=user] .omni-source`)].pop();
  return (field?.value.trim() || last?.value || "").slice(0, 600);
};

defineComponent("grid", ({ element, props, trigger, watch, options: { tab } }) => {
  const byId = (name) => element.querySelector(`#${tab}-grid-${name}`);
  const [form, place, line, start] = ["form", "board", "plan", "run"].map(byId);
  const sides = ["x", "y"].map((side) => ({ field: byId(side), values: byId(`${side}-values`) }));
  let board = null; // what is shown
  let id = ""; // of the board that was ordered last
  let stopped = ""; // of one that was stopped
  let waiting = false; // ordered, and nothing has come yet
  let timer = null;
  let adopted = ""; // the place of the cell whose values were taken over last
  let [parts, title] = [{}, ""];

  /** The board stands on the stage, over the result, which stays as it is. In Chat it stands below the conversation. */
  const stand = () => {
    const screen = element.closest(".omni-stage")?.querySelector(".omni-screen");
    if (!screen || place.parentElement === screen) return;
    markStage(screen.closest(".omni-stage"), screen.appendChild(place));
    place.addEventListener("keydown", stopByKey);
  };
  const back = make("button", { type: "button", class: "omni-small omni-grid-back", hidden: "" }, "Show the comparison again");
  back.addEventListener("click", () => { put(true); parts.close.focus({ preventScroll: true }); });
  form.after(back);
  const put = (visible) => {
    place.hidden = !visible;
    back.hidden = visible || !board;
    if (visible) place.scrollIntoView({ block: "nearest", behavior: scrollBehavior() });
  };

  const running = () => waiting || Boolean(board && !board.over && stopped !== board.id);
  const order = (what, event) => { props.value = { ...what, at: Date.now() }; trigger(event); };
  const axes = () => sides.map((side) => [side.field.value, side.values.value]);
  const say = (words, bad = false) => { line.textContent = words; line.classList.toggle("omni-error", bad); };

  // --- What is varied: the app says at once what that means
  const ask = () => {
    clearTimeout(timer);
    if (!sides.some((side) => side.field.value && side.values.value.trim())) return say("");
    timer = setTimeout(() => { if (!running()) order({ axes: axes() }, "plan"); }, PATIENCE);
  };
  for (const { field, values } of sides) {
    field.addEventListener("change", () => {
      values.placeholder = field.selectedOptions[0]?.dataset.example || "Values";
      values.hidden = !field.value;
      ask();
    });
    values.addEventListener("input", () => {
      values.rows = Math.min(6, values.value.split("\n").length);
      ask();
    });
    values.hidden = !field.value;
  }
  start.addEventListener("click", () => begin({ axes: axes() }));

  const begin = (what) => {
    if (running()) {
      notice("Something is running here: stop it first.");
      return;
    }
    clearTimeout(timer);
    waiting = true;
    board = null;
    parts = {};
    title = asked(tab);
    stand();
    place.replaceChildren(head(), make("p", { class: "omni-grid-notice", role: "status" }));
    update();
    put(true);
    parts.stop.focus({ preventScroll: true });
    id = crypto.randomUUID?.() || String(Math.random());
    order({ ...what, id }, "fill");
  };
  boards[tab] = (field) => begin({ explore: field });

  const stopByKey = (event) => {
    if (event.key !== "Escape" || !running()) return;
    event.preventDefault();
    stop();
  };
  const stop = () => {
    if (!running()) return;
    trigger("halt");
    stopped = board ? board.id : "";
    if (!board) put(false);
    waiting = false;
    update();
    (parts.take?.disabled === false ? parts.take : start).focus({ preventScroll: true });
  };
  const close = () => { put(false); if (!back.hidden) back.focus({ preventScroll: true }); };
  // The stage belongs to the run that is started now.
  document.addEventListener("click", (event) => { if (event.target.closest?.(`#${tab}-run`) && !place.hidden && place.parentElement !== element) put(false); });

  // --- What is shown
  const head = () => {
    const box = make("div", { class: "omni-grid-head" });
    parts.note = make("p", { role: "status" });
    parts.clock = make("span", { class: "omni-clock", "data-since": "0.00" });
    parts.stop = make("button", { type: "button", class: "omni-small", id: `${tab}-grid-stop` }, "Stop");
    parts.take = make("button", { type: "button", class: "omni-small", id: `${tab}-grid-take` });
    parts.seed = make("button", { type: "button", class: "omni-small", id: `${tab}-grid-seed` }, "Use this seed");
    parts.close = make("button", { type: "button", class: "omni-small", id: `${tab}-grid-close` }, "Close");
    parts.stop.addEventListener("click", stop);
    parts.close.addEventListener("click", close);
    parts.take.addEventListener("click", () => isBusy(parts.take) || take());
    parts.seed.addEventListener("click", () => order({ adopt: { seed: board.seed } }, "adopt"));
    box.append(parts.note, parts.clock, parts.stop, parts.take, parts.seed, parts.close);
    return box;
  };
  const notice = (words, bad = false) => {
    const line = place.querySelector(".omni-grid-notice");
    if (!line) return;
    line.textContent = words;
    line.classList.toggle("omni-error", bad);
  };
  const count = (state) => board.cells.filter((cell) => cell.state === state).length;
  const name = (cell) => board.axes.map((axis, at) => `${axis.label} ${axis.values[cell.at[at]]}`).join(", ");

  /** A cell is made anew only when it has changed, so that what plays goes on playing. */
  const show = (cell) => {
    const target = place.querySelector(`td[data-at="${cell.at[0]}-${cell.at[1] || 0}"]`);
    const ended = stopped === board.id && !["done", "failed"].includes(cell.state);
    const key = JSON.stringify([cell.state, cell.note, cell.sentence, cell.files.map((file) => file.path), ended]);
    if (!target || target.dataset.key === key) return;
    target.dataset.key = key;
    target.dataset.state = ended ? "stopped" : cell.state;
    if (cell.state === "done") {
      const words = board.axes.map((axis, at) => axis.values[cell.at[at]]).join(", ");
      const use = make("button", { type: "button", class: "omni-small omni-grid-use", "aria-label": `Use ${name(cell)}` }, `Use ${words}`);
      use.addEventListener("click", () => adopt(cell));
      target.replaceChildren(...mediaOf(cell, name(cell), () => adopt(cell)), make("div", { class: "omni-grid-foot" }));
      target.lastChild.append(use, ...viewsOf(cell), make("span", { class: "omni-quiet" }, `${cell.seconds.toFixed(1)} s`));
    } else if (cell.state === "failed") target.replaceChildren(make("p", { class: "omni-error" }, cell.sentence));
    else target.replaceChildren(make("p", { class: "omni-quiet" }, ended ? "Not made" : cell.state === "working" ? cell.note || "Working" : "Waiting"));
  };
  /** Ways to see a cell larger: over the whole window, or as the result of this tab. */
  const viewsOf = (cell) => {
    const button = (words, label, act) => {
      const view = make("button", { type: "button", class: "omni-small", "aria-label": label }, words);
      view.addEventListener("click", act);
      return view;
    };
    const large = async () => {
      const pictures = board.cells.filter((other) => other.kinds[0] === "image");
      const at = pictures.findIndex((other) => other.at.join() === cell.at.join());
      (await import("../../widgets/pictures/lightbox.js")).openLightbox(pictures.map((other) => ({ url: other.files[0].url, alt: name(other) })), at);
    };
    const open = () => { put(false); reopenResult(cell.record, tab); };
    return [
      ...(cell.kinds[0] === "image" ? [button("Full screen", `Full screen: ${name(cell)}`, large)] : []),
      ...(cell.record && tab !== "chat" ? [button("Open", `Open: ${name(cell)}`, open)] : []),
    ];
  };
  const adopt = (cell) => {
    adopted = cell.at.join("-");
    const chosen = board.axes.map((axis, at) => [axis.field, axis.given[cell.at[at]]]);
    order({ adopt: Object.fromEntries(chosen) }, "adopt");
  };

  const update = () => {
    const live = running();
    start.disabled = live;
    if (!parts.stop) return;
    parts.stop.hidden = parts.clock.hidden = !live;
    parts.close.hidden = live;
    const done = board ? count("done") : 0;
    const pictures = board?.cells.every((cell) => !cell.text && cell.kinds.every((kind) => kind === "image"));
    parts.take.textContent = pictures ? "Download as one picture" : "Download as a page";
    parts.take.disabled = !done;
    parts.take.hidden = !done;
    parts.seed.hidden = !board?.seed || !document.getElementById(`${tab}-seed`);
    if (!board) { parts.note.textContent = live ? "Checking your input" : ""; return; }
    const failed = count("failed");
    const progress = failed ? `${done} of ${board.cells.length} done, ${failed} failed.` : `${done} of ${board.cells.length} done.`;
    const seed = board.seed ? ` Seed ${board.seed}.` : "";
    parts.note.textContent = live ? `${progress} ${board.said}${seed}` : `${stopped === board.id ? "Stopped: " : ""}${progress}${seed}`;
    for (const cell of board.cells) show(cell);
  };

  const take = async () => {
    const pictures = parts.take.textContent === "Download as one picture";
    const cells = board.cells.map((cell) => ({
      at: [cell.at[0], cell.at[1] || 0], file: cell.files[0]?.path || "",
      text: cell.text, more: cell.text ? cell.files.slice(1, 20).map((file) => file.path) : [],
      words: cell.sentence || (cell.state === "done" ? "" : "Not made"), failed: cell.state === "failed",
    }));
    const varied = board.axes.map((axis) => axis.field);
    const facts = [board.seed ? `Seed ${board.seed}` : "", board.model || ""];
    const body = {
      title: (varied.includes("prompt") || varied.includes("input") ? "" : title) || board.axes.map((axis) => axis.label).join(" and "),
      axes: board.axes.map((axis) => ({ label: axis.label, values: axis.values.map((value) => value.slice(0, 2000)) })),
      cells, notes: [facts.filter(Boolean).join(" · "), ...board.remarks].filter(Boolean),
    };
    setBusy(parts.take, true);
    try {
      const answer = await fetch(`${appRoot()}/omni/grid/${pictures ? "sheet" : "page"}`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
      });
      if (!answer.ok) {
        const { detail } = await answer.json();
        throw new Error(typeof detail === "string" ? detail : `The app answered ${answer.status}.`);
      }
      downloadBlob(await answer.blob(), pictures ? `${tab}-grid.png` : `${tab}-grid.zip`);
    } catch (error) {
      notice(`This could not be downloaded. ${error.message}`, true);
    }
    setBusy(parts.take, false);
  };

  const heard = () => {
    const news = props.value;
    if (!news || news.at) return; // an order of our own
    if (news.plan || news.unplanned) say(news.plan || news.unplanned, Boolean(news.unplanned));
    if (news.adopted) {
      notice("Added to the settings. Press Run to use it.");
      for (const target of place.querySelectorAll("td[data-at]")) target.toggleAttribute("data-adopted", target.dataset.at.replace(/-0$/, "") === adopted.replace(/-0$/, ""));
    }
    if (news.refused && news.id === id) {
      waiting = false;
      update();
      notice(news.refused, true);
    }
    if (news.board?.id !== id || (!board && !waiting)) return; // of an earlier order, or stopped before it began
    const fresh = !board;
    waiting = false;
    board = news.board;
    if (fresh) place.querySelector(".omni-grid-notice").before(boardTable(board, tab, narrow.matches));
    update();
    if (fresh && !place.hidden) place.scrollIntoView({ block: "nearest", behavior: scrollBehavior() });
    document.dispatchEvent(new Event("omni-made-aside"));
    if (!board.over) return;
    notice(board.remarks.join(" "));
    const done = board.cells.filter((cell) => cell.state === "done");
    place.append(foldedWaits(done.map((cell) => cell.waits), done.map(name)));
    learn();
  };
  watch("value", heard);
  const hide = () => { // settings that this model does not have
    for (const { field } of sides) for (const option of field.options) option.hidden = option.disabled = Boolean(props.hides?.includes(option.value));
  };
  watch("hides", hide);
  hide();

  element.addEventListener("keydown", stopByKey);
});

listenForExplore(boards);

// --- Beside a control: that this model was seen to ignore it
let ignored = {};
let lastModel = null;
const mark = () => {
  for (const [tab, fields] of Object.entries(ignored)) {
    for (const field of fields) {
      const block = document.getElementById(`${tab}-${field}`);
      if (!block || block.querySelector(".omni-ignored")) continue;
      const words = "This model seems to ignore this: other values gave the same result.";
      (block.querySelector(".omni-number") || block).append(make("p", { class: "omni-ignored", "data-of": `${tab}-${field}` }, words));
    }
  }
  for (const note of document.querySelectorAll(".omni-ignored")) {
    const [tab, field] = note.dataset.of.split(/-(.*)/);
    if (!ignored[tab]?.includes(field)) note.remove();
  }
};
const learn = async () => {
  try { ignored = await (await fetch(`${appRoot()}/omni/grid/ignored`, { headers: sessionHeaders() })).json(); } catch { return; }
  mark();
};
// Another model, another memory: the header says which one it is.
setInterval(() => {
  if (document.hidden) return;
  const model = document.querySelector("#omni-state .omni-model")?.textContent;
  if (model && model !== lastModel) { lastModel = model; learn(); }
  mark();
}, 1000);
