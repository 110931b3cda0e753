// Where the time of several results went, as a table: a row for each part, a column for each result.
import { make } from "../../core/js/dom.js";

/** The parts that any of these rows names, in their order. rows: {part: "1.20 s"}. */
export const partsOf = (rows) => [...new Set(rows.flatMap((row) => Object.keys(row || {})))];

const OURS = ["in this page's queue", "network", "in the server's queue", "stages, side by side", "answer and network (not separable)",
  "server (no details)", "this page", "peak memory"];
/** A part's name; one of the server's own words is never translated. */
const heading = (part) => make("th", { scope: "row", ...(OURS.includes(part) ? {} : { translate: "no" }) }, part);

/** heads: over the columns. Nothing where no row tells anything. */
export const waitsTable = (rows, heads = ["A", "B"]) => {
  const parts = partsOf(rows);
  if (!parts.length) return "";
  return make("div", { class: "omni-waits-table" },
    make("table", {}, make("caption", {}, "Where the time went"),
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Part"), ...heads.map((head) => make("th", { scope: "col" }, ...[head].flat())))),
      make("tbody", {}, ...parts.map((part) => make("tr", {}, heading(part), ...rows.map((row) => make("td", {}, row?.[part] || "–")))))));
};

/** The same, folded; it scrolls sideways where there are many results. */
export const foldedWaits = (rows, heads) => {
  const table = waitsTable(rows, heads);
  if (!table) return "";
  const frame = make("div", { class: "omni-grid-frame", tabindex: "0", role: "region", "aria-label": "Where the time went" }, table);
  return make("details", { class: "omni-grid-waits" }, make("summary", {}, "Where the time went"), frame);
};
