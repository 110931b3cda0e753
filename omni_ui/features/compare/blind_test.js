// The blind test of the History tab: two results at a time as A and B, in random order, names and settings hidden.
// Which is better? Then what they were. The votes stay in this browser and can be taken home as CSV.
import { downloadBlob, make, smallButton as button } from "../../core/js/dom.js";
import { theirs, when } from "./parts.js";
import { commonKind, difference, load, record, same } from "./records.js";
import { stage, table } from "./stage.js";
import { NONE, describeDifference, readVotes, shorten, storeVotes, tally, votesAsCsv } from "./votes.js";

const NAMES = { image: "Pictures", video: "Videos", audio: "Sounds", text: "Texts" };
const SURE = 4000;
const storage = () => localStorage; // where there is none, reading it throws

const tallyLine = ({ kind, what, pair, won, none }) => {
  const start = make("span", { class: "omni-quiet" }, NAMES[kind] || kind);
  const equal = `no difference ${none} ×`;
  if (!pair[0] && !pair[1]) return make("li", {}, start, ": ", what, `: one better ${won[0] + won[1]} ×; `, equal);
  const each = pair.flatMap((words, side) => [make("b", { translate: "no" }, shorten(words, 160)), `: better ${won[side]} ×; `]);
  return make("li", {}, start, ": ", ...each, equal);
};

const takeHome = () => {
  const votes = new Blob(["\ufeff", votesAsCsv(readVotes(storage))], { type: "text/csv;charset=utf-8" }); // the mark tells Excel: UTF-8
  downloadBlob(votes, "omni-ui-blind-test.csv");
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
const pairsOf = (list) => shuffled(list.flatMap((first, at) => list.slice(at + 1).map((second) => shuffled([first, second]))));

const summary = (box) => {
  const list = readVotes(storage);
  box.hidden = !list.length;
  let sure = false;
  const clear = button("Delete the votes", () => {
    if (sure) { storeVotes(storage, []); summary(box); return; }
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
    for (const button of question.children) button.disabled = true;
    let differences = null;
    let note = "";
    try { differences = await difference(...both); } catch (error) { note = error.message; }
    if (!note) {
      const { pair, ...words } = describeDifference(differences);
      note = storeVotes(storage, [...readVotes(storage), { at: new Date().toISOString(), kind, better, pair, ...words }]);
    }
    const said = { first: "You preferred A.", second: "You preferred B.", [NONE]: "You found no difference." }[better];
    const equal = await same(presented).catch(() => false);
    const heads = ["A", "B"].map((name, side) => (better === ["first", "second"][side] ? `${name} (better)` : name));
    const next = pairs.length ? button("Next pair", turn, { class: "omni-primary", "data-act": "next" }) : null;
    answer.replaceChildren(...[
      make("p", {}, make("b", {}, said), equal ? " They were the same, byte for byte." : ""),
      note ? make("p", { class: "omni-history-error" }, note) : null,
      ...both.map((item, side) => make("p", { class: "omni-compare-who" }, make("b", {}, "AB"[side]), " ", theirs(item.prompt), " ",
        make("span", { class: "omni-quiet", translate: "no" }, [item.model, when(item)].filter(Boolean).join(" · ")))),
      table(differences, heads), next || make("p", { class: "omni-quiet" }, "That was the last pair."),
    ].filter(Boolean));
    counted.open = true;
    summary(counted);
    (next || dialog.querySelector("[data-act=close]")).focus();
  };

  let number = 0;
  let presented = null;
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
      const both = await Promise.all(pair.map((entry) => record(entry.id)));
      if (both[0].prompt && both[0].prompt === both[1].prompt) asked.append("Both were asked for:", " ", theirs(both[0].prompt));
      presented = await present(place, kind, both.map((item, side) => load(item, kind, "AB"[side])), true);
      if (!presented) throw null; // it is said where they would be
      question.replaceChildren(...[["first", "A is better"], ["second", "B is better"], [NONE, "No difference"]].map(([better, words]) =>
        button(words, () => reveal(both, better), { "data-vote": better })));
    } catch (error) {
      if (error) place.replaceChildren(make("p", { class: "omni-history-error", role: "alert" }, error.message));
      if (pairs.length) answer.replaceChildren(button("Next pair", turn, { "data-act": "next" }));
    }
  };
  turn();
};
