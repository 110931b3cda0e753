// The cells of a board (omni_ui/features/grid/board.py): their table, and what each of them shows.
import { make } from "../../core/js/dom.js";

/** In how many columns the values of one setting stand, so that each is as large as the place allows. */
export const columnsOf = (count, isNarrow = false) => {
  if (isNarrow) return Math.min(count, 2);
  return count <= 3 ? count : Math.ceil(Math.sqrt(count));
};

/** A value of a setting, over its results. isNow: whether it is in its control. */
const heading = (axis, at, scope, id) => make("th", { scope, ...(id ? { id } : {}) },
  make("span", { class: "omni-quiet" }, `${axis.label} `), make("b", {}, axis.values[at]),
  at === axis.now ? make("span", { class: "omni-quiet" }, " as now") : null);

/** The values of one setting, in rows of as many columns: each row of results has a row of values over it. */
const linesOf = (axis, columns, tab) => {
  const rows = [];
  for (let from = 0; from < axis.values.length; from += columns) {
    const places = axis.values.slice(from, from + columns).map((_, at) => from + at);
    rows.push(make("tr", {}, ...places.map((at) => heading(axis, at, "col", `${tab}-grid-value-${at}`))));
    rows.push(make("tr", {}, ...places.map((at) => make("td", { "data-at": `${at}-0`, headers: `${tab}-grid-value-${at}` }))));
  }
  return rows;
};

const crossed = (across, down) => [
  make("tr", {}, make("td"), ...across.values.map((_, at) => heading(across, at, "col"))),
  ...down.values.map((_, row) => make("tr", {}, heading(down, row, "row"),
    ...across.values.map((_value, column) => make("td", { "data-at": `${column}-${row}` })))),
];

/** The table of a board, whose cells are still empty, in a frame that scrolls. */
export const boardTable = ({ axes: [across, down], kind }, tab, isNarrow) => {
  const columns = columnsOf(across.values.length, isNarrow);
  const [top, ...rest] = down ? crossed(across, down) : linesOf(across, columns, tab);
  const table = make("table", { class: `omni-grid-table omni-grid-${kind}${down ? "" : " omni-grid-lines"}` },
    make("caption", {}, down ? `Across: ${across.label}. Down: ${down.label}.` : across.label), make("thead", {}, top), make("tbody", {}, ...rest));
  table.style.setProperty("--rows", down ? down.values.length : Math.ceil(across.values.length / columns));
  return make("div", { class: "omni-grid-frame", role: "region", tabindex: "0", "aria-label": "Results" }, table);
};

const fileOf = ({ url, orig_name: name }, kind, words, pick) => {
  if (kind === "image") {
    const button = make("button", { type: "button", class: "omni-grid-pick" }, make("img", { src: url, alt: words }));
    button.addEventListener("click", pick);
    return button;
  }
  if (kind === "audio" || kind === "video") return make(kind, { controls: "", preload: "metadata", src: url, "aria-label": words });
  return make("a", { href: url, download: name || "result" }, name || "result");
};

/** Keeps a mark on the stage (`data-grid`) while a board with cells stands over its result. */
export const markStage = (stage, board) => {
  const look = () => stage.toggleAttribute("data-grid", !board.hidden && !!board.querySelector(".omni-grid-table"));
  new MutationObserver(look).observe(board, { childList: true, attributes: true, attributeFilter: ["hidden"] });
  look();
};

/** What came back for a cell: its text, and its pictures, sounds and videos. words: its values. pick: takes it over. */
export const mediaOf = ({ files, kinds, text }, words, pick) => {
  const parts = text ? [make("div", { class: "omni-grid-text", translate: "no", tabindex: "0", role: "group", "aria-label": words }, text)] : [];
  if (!parts.length && !files.length) return [make("span", { class: "omni-quiet" }, "No result")];
  const firsts = files.filter((_, at) => !at || (["image", "audio", "video"].includes(kinds[at]) && kinds.indexOf(kinds[at]) === at));
  parts.push(...firsts.map((file) => fileOf(file, kinds[files.indexOf(file)], words, pick)));
  if (firsts.length < files.length) parts.push(make("span", { class: "omni-quiet" }, `${firsts.length} of ${files.length} shown`));
  return parts;
};
