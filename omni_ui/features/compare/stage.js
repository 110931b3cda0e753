// How two results are shown beside each other, and how their settings differ.
import { make } from "../../core/js/dom.js";
import { translate } from "../../core/js/language.js";
import { picturePair } from "../../widgets/pictures/picture_pair.js";
import { choice } from "./parts.js";
import { playTogether } from "./synced_playback.js";

export const SIDES = ["A", "B"];

// --- How they are shown: {element, stop}
const pictures = (sides) => {
  const view = make("div", { class: "omni-view" });
  const image = (side) => {
    const element = make("img", { src: side.url, alt: `Picture ${side.name}`, class: "omni-single", draggable: "false" });
    return make("figure", { class: "omni-compare-picture" }, element, make("figcaption", { class: "omni-tag omni-tag-left" }, side.name));
  };
  const shows = {
    slider: () => picturePair(...sides.map((side) => ({ url: side.url, alt: `Picture ${side.name}`, tag: side.name })), { label: "Slider: share of picture A", said: (left, right) => `${left} % A, ${right} % B` }),
    side: () => make("div", { class: "omni-side" }, ...sides.map(image)),
    A: () => image(sides[0]),
    B: () => image(sides[1]),
  };
  const show = (mode) => view.replaceChildren(shows[mode]());
  show("slider");
  const modes = choice("View", [["slider", "Slider"], ["side", "Side by side"], ["A", "A"], ["B", "B"]], show);
  return { element: make("div", { class: "omni-compare-view" }, view, modes), stop: () => {} };
};
const texts = (sides) => ({
  element: make("div", { class: "omni-compare-texts" }, ...sides.map((side) =>
    make("section", { "aria-label": `Text ${side.name}` }, make("h3", {}, side.name), make("pre", { tabindex: "0" }, side.text)))),
  stop: () => {},
});
/** Shows both sides, and below sounds or pictures the words that came with them. hidden: nothing is said that tells one from the other. */
const show = async (kind, sides, hidden = false) => {
  const display = kind === "image" ? pictures(sides) : kind === "text" ? texts(sides) : await playTogether(kind, sides, hidden);
  if (kind !== "text" && sides.every((side) => side.text)) display.element.append(texts(sides).element);
  return { element: display.element, stop: () => { display.stop(); sides.forEach((side) => side.url && URL.revokeObjectURL(side.url)); } };
};

/** The differing settings as a table. heads: over the two columns. */
export const table = (differences, heads = SIDES) => {
  if (!differences) return make("p", { class: "omni-quiet" }, "The settings of one of them are unknown, so they cannot be compared.");
  const equal = differences.equal === 1 ? "1 other setting is the same." : `${differences.equal} other settings are the same.`;
  if (!differences.rows.length) return make("p", { class: "omni-compare-same" }, `All settings are the same (${differences.equal}).`);
  const cell = (value) => (value ? make("td", {}, value) : make("td", { class: "omni-quiet" }, translate("not set")));
  const count = differences.rows.length === 1 ? "1 setting differs." : `${differences.rows.length} settings differ.`;
  return make("div", { class: "omni-compare-settings" },
    make("table", {}, make("caption", {}, count, " ", equal),
      make("thead", {}, make("tr", {}, ...["Setting", ...heads].map((head) => make("th", { scope: "col" }, head)))),
      make("tbody", {}, ...differences.rows.map((row) => make("tr", { "data-name": row.name }, make("th", { scope: "row" }, row.label), cell(row.first), cell(row.second))))));
};

/** Fills a dialog; what `fill` returns is stopped when it is filled anew or closed. */
const stages = new WeakMap();
export const stage = (dialog) => {
  stages.get(dialog)?.();
  let turn = 0;
  let stop = () => {};
  const clear = () => { turn += 1; stop(); stop = () => {}; };
  stages.set(dialog, clear);
  const closed = () => { clear(); dialog.replaceChildren(); };
  dialog.onclose = closed; // one at a time: a property, not a listener that would add up
  dialog.onclick = (event) => { if (event.target === dialog) dialog.close(); };
  /** Loads and shows a view in `place`; whether it is there. */
  return async (place, kind, loading, hidden) => {
    clear();
    const mine = turn;
    place.replaceChildren(make("p", { class: "omni-quiet", role: "status" }, "Loading…"));
    const sides = await Promise.allSettled(loading);
    const lost = sides.find((side) => side.status === "rejected");
    const loaded = sides.filter((side) => side.status === "fulfilled").map((side) => side.value);
    const release = () => loaded.forEach((side) => side.url && URL.revokeObjectURL(side.url));
    if (lost || mine !== turn) {
      release();
      if (mine === turn) place.replaceChildren(make("p", { class: "omni-history-error", role: "alert" }, lost.reason.message));
      return null;
    }
    const display = await show(kind, loaded, hidden);
    if (mine !== turn) {
      display.stop();
      return null;
    }
    stop = display.stop;
    place.replaceChildren(display.element);
    return loaded;
  };
};
