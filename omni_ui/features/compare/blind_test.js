// The blind test of the History tab: two results at a time as A and B, in random order, names and settings hidden.
// Which is better? Then what they were. The votes stay in this browser and can be taken home as CSV.
import { make } from "../../core/dom.js";
import { button, theirs, when } from "./parts.js";
import { commonKind, difference, load, record, same } from "./records.js";
import { stage, table } from "./stage.js";

const NAMES = { image: "Pictures", video: "Videos", audio: "Sounds", text: "Texts" };
const STORE = "omni-blind";
const MOST = 5000; // votes that are kept; the oldest go first
const SURE = 4000;
const NONE = "no difference";
const TEXTS = ["at", "kind", "first", "second", "better", "what"];

// --- The votes
const sound = (vote) => vote && TEXTS.every((name) => typeof vote[name] === "string") && Array.isArray(vote.pair)
  && vote.pair.length === 2 && vote.pair.every((one) => typeof one === "string") && ["first", "second", NONE].includes(vote.better);
const votes = () => {
  try {
    const list = JSON.parse(localStorage.getItem(STORE) || "[]");
    return Array.isArray(list) ? list.filter(sound) : [];
  } catch { return []; } // no storage, or somebody else's words in it
};
/** What went wrong, "" when it was kept. */
const keep = (list) => {
  try { localStorage.setItem(STORE, JSON.stringify(list.slice(-MOST))); } catch { return "This browser stores nothing for this page, so the vote was not kept."; }
  return "";
};

const short = (value, most = 60) => (value.length > most ? `${value.slice(0, most - 1)}…` : value || "not set");
/** A pair in words. The seed is chance: it tells two kinds of results apart only where nothing else does. */
const inWords = (found) => {
  if (!found) return { what: "settings unknown", first: "settings unknown", second: "settings unknown", pair: ["", ""] };
  if (!found.rows.length) return { what: "same settings", first: "same settings", second: "same settings", pair: ["", ""] };
  const all = (side) => found.rows.map((row) => `${row.label}: ${short(row[side])}`).join("; ");
  const telling = found.rows.filter((row) => row.name !== "seed");
  const counted = telling.length ? telling : found.rows;
  const pair = ["first", "second"].map((side) => counted.map((row) => `${row.label} ${short(row[side])}`).join(", "));
  return { what: found.rows.map((row) => row.label).join(", "), first: all("first"), second: all("second"), pair };
};

/** The votes by what differed: [{kind, what, pair: two values, won: of each, none}]. */
const tally = (list) => {
  const groups = new Map();
  for (const vote of list) {
    const turned = vote.pair[0].localeCompare(vote.pair[1], undefined, { numeric: true }) > 0;
    const pair = turned ? [vote.pair[1], vote.pair[0]] : vote.pair;
    const key = JSON.stringify([vote.kind, ...pair, pair.some(Boolean) ? "" : vote.what]);
    if (!groups.has(key)) groups.set(key, { kind: vote.kind, what: vote.what, pair, won: [0, 0], none: 0 });
    const group = groups.get(key);
    if (vote.better === NONE) group.none += 1;
    else group.won[(vote.better === "second") !== turned ? 1 : 0] += 1;
  }
  return [...groups.values()];
};
const tallyLine = ({ kind, what, pair, won, none }) => {
  const start = make("span", { class: "omni-quiet" }, NAMES[kind] || kind);
  const equal = `no difference ${none} ×`;
  if (!pair[0] && !pair[1]) return make("li", {}, start, ": ", what, `: one better ${won[0] + won[1]} ×; `, equal);
  const each = pair.flatMap((one, side) => [make("b", { translate: "no" }, short(one, 160)), `: better ${won[side]} ×; `]);
  return make("li", {}, start, ": ", ...each, equal);
};

// --- CSV (RFC 4180). A spreadsheet must take no cell for a formula: an apostrophe before it makes it text.
const cell = (value) => {
  const text = /^[\s]*[=+\-@＝＋－＠]/.test(value) || /^[\t\r\n]/.test(value) ? `'${value}` : value;
  const plain = !/[",\r\n]/.test(text);
  return plain ? text : `"${text.replaceAll('"', '""')}"`;
};
const csv = (list) => [
  ["time", "kind", "first", "second", "better", "what differed"],
  ...list.map((vote) => TEXTS.map((name) => vote[name])),
].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
const takeHome = () => {
  const url = URL.createObjectURL(new Blob(["\ufeff", csv(votes())], { type: "text/csv;charset=utf-8" })); // the mark tells Excel: UTF-8
  const link = make("a", { href: url, download: "omni-ui-blind-test.csv" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
};

// --- The pairs
const shuffled = (list) => {
  const mixed = [...list];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = Math.floor(Math.random() * (at + 1));
    [mixed[at], mixed[other]] = [mixed[other], mixed[at]];
  }
  return mixed;
};
const pairsOf = (list) => shuffled(list.flatMap((one, at) => list.slice(at + 1).map((other) => shuffled([one, other]))));

const summary = (box) => {
  const list = votes();
  box.hidden = !list.length;
  let sure = false;
  const clear = button("Delete the votes", () => {
    if (sure) { keep([]); summary(box); return; }
    sure = true;
    clear.textContent = "Really delete them?";
    setTimeout(() => { sure = false; clear.textContent = "Delete the votes"; }, SURE);
  }, { "data-act": "clear-votes" });
  box.replaceChildren(make("summary", {}, `Your votes in this browser: ${list.length}`),
    make("ul", {}, ...tally(list).map(tallyLine)),
    make("div", { class: "omni-compare-row" }, button("Download as CSV", takeHome, { "data-act": "csv" }), clear));
};

/** Begins a blind test of these records in a dialog. */
export const blindTest = (dialog, chosen) => {
  const kind = commonKind(chosen);
  const pairs = pairsOf(chosen);
  const present = stage(dialog);
  const title = make("h2", { tabindex: "-1", style: "outline: none !important" }); // it takes the focus to be read out
  const asked = make("p", { class: "omni-compare-asked" });
  const place = make("div", { class: "omni-compare-place" });
  const question = make("div", { class: "omni-compare-row", role: "group", "aria-label": "Which is better?" });
  const answer = make("div", { class: "omni-compare-answer", role: "status" });
  const counted = make("details", { class: "omni-compare-tally" });
  dialog.replaceChildren(title, make("div", { class: "omni-history-acts" }, button("Close", () => dialog.close(), { "data-act": "close" })),
    asked, place, question, answer, counted);
  summary(counted);
  if (!dialog.open) dialog.showModal();

  const reveal = async (both, better) => {
    for (const one of question.children) one.disabled = true;
    let found = null;
    let note = "";
    try { found = await difference(...both); } catch (error) { note = error.message; }
    if (!note) {
      const { pair, ...words } = inWords(found);
      note = keep([...votes(), { at: new Date().toISOString(), kind, better, pair, ...words }]);
    }
    const said = { first: "You found A better.", second: "You found B better.", [NONE]: "You found no difference." }[better];
    const equal = await same(shown).catch(() => false);
    const heads = ["A", "B"].map((name, side) => (better === ["first", "second"][side] ? `${name} (better)` : name));
    const next = pairs.length ? button("Next pair", turn, { class: "omni-primary", "data-act": "next" }) : null;
    answer.replaceChildren(...[
      make("p", {}, make("b", {}, said), equal ? " They were the same, byte for byte." : ""),
      note ? make("p", { class: "omni-history-error" }, note) : null,
      ...both.map((one, side) => make("p", { class: "omni-compare-who" }, make("b", {}, "AB"[side]), " ", theirs(one.prompt), " ",
        make("span", { class: "omni-quiet", translate: "no" }, [one.model, when(one)].filter(Boolean).join(" · ")))),
      table(found, heads), next || make("p", { class: "omni-quiet" }, "That was the last pair."),
    ].filter(Boolean));
    counted.open = true;
    summary(counted);
    (next || dialog.querySelector("[data-act=close]")).focus();
  };

  let number = 0;
  let shown = null;
  const all = pairs.length;
  const turn = async () => {
    const pair = pairs.pop();
    number += 1;
    title.textContent = all > 1 ? `Blind test: pair ${number} of ${all}` : "Blind test";
    title.focus();
    counted.open = false;
    question.replaceChildren();
    answer.replaceChildren();
    asked.textContent = "";
    try {
      const both = await Promise.all(pair.map((one) => record(one.id)));
      if (both[0].prompt && both[0].prompt === both[1].prompt) asked.append("Both were asked for:", " ", theirs(both[0].prompt));
      shown = await present(place, kind, both.map((one, side) => load(one, kind, "AB"[side])), true);
      if (!shown) throw null; // it is said where they would be
      question.replaceChildren(...[["first", "A is better"], ["second", "B is better"], [NONE, "No difference"]].map(([better, words]) =>
        button(words, () => reveal(both, better), { "data-vote": better })));
    } catch (error) {
      if (error) place.replaceChildren(make("p", { class: "omni-history-error", role: "alert" }, error.message));
      if (pairs.length) answer.replaceChildren(button("Next pair", turn, { "data-act": "next" }));
    }
  };
  turn();
};
