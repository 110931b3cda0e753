// Two results of the history side by side (omni_ui/tabs/history.py), and how their settings differ.
import { make, smallButton as button } from "../../core/js/dom.js";
import { blindTest } from "./blind_test.js";
import { theirs, when } from "./parts.js";
import { commonKind, difference, filesOf, load, record, same } from "./records.js";
import { SIDES, stage, table } from "./stage.js";
import { waitsTable } from "../waits/waits_table.js";

const TITLES = { image: "Two pictures compared", video: "Two videos compared", audio: "Two sounds compared", text: "Two texts compared" };

const described = (item, called, titles) => {
  const facts = make("span", { class: "omni-quiet" }, titles[item.tab] || item.tab, " · ", when(item));
  if (item.seconds) facts.append(" · ", `took ${item.seconds.toFixed(1)} s`);
  return make("p", { class: "omni-compare-who" }, make("b", {}, called), " ", theirs(item.prompt), " ", facts);
};
/** Which of several files of a record is meant. */
const picker = (item, kind, called, changed) => {
  const many = kind === "text" ? 1 : filesOf(item, kind).length;
  if (many < 2) return null;
  const select = make("select", {}, ...Array.from({ length: many }, (_, number) => make("option", { value: number }, `File ${number + 1} of ${many}`)));
  select.addEventListener("change", changed);
  return make("label", {}, called, select);
};

/** Compares two records in a dialog. titles: of the tabs, by name. */
export const openComparison = async (dialog, chosen, titles) => {
  const kind = commonKind(chosen);
  const place = make("div", { class: "omni-compare-place" });
  const notes = make("p", { class: "omni-compare-same", role: "status" });
  const settings = make("div");
  const present = stage(dialog);
  dialog.replaceChildren(make("h2", {}, TITLES[kind]),
    make("div", { class: "omni-history-acts" },
      button("Blind test", () => blindTest(dialog, chosen), { "data-act": "blind-these" }),
      button("Close", () => dialog.close(), { "data-act": "close" })),
    place, notes, settings);
  if (!dialog.open) dialog.showModal();
  try {
    const both = await Promise.all(chosen.map((entry) => record(entry.id)));
    const changed = async () => {
      notes.textContent = "";
      const loaded = await present(place, kind, both.map((item, side) => load(item, kind, SIDES[side], Number(pickers[side]?.querySelector("select").value || 0))));
      if (loaded && (await same(loaded))) notes.textContent = kind === "text" ? "Both texts are the same." : "Both files are the same, byte for byte.";
    };
    const pickers = both.map((item, side) => picker(item, kind, SIDES[side], changed));
    if (pickers.some(Boolean)) place.before(make("div", { class: "omni-compare-row" }, ...pickers));
    settings.append(...both.map((item, side) => described(item, SIDES[side], titles)));
    settings.append(table(await difference(...both)), waitsTable(both.map((item) => item.waits)));
    await changed();
  } catch (error) {
    place.replaceChildren(make("p", { class: "omni-history-error", role: "alert" }, error.message));
  }
};
