// The votes of blind tests, in this browser: {at, kind, first, second, better, what, pair}.
const STORE = "omni-blind";
const MOST = 5000; // votes that are kept; the oldest go first
export const NONE = "no difference";
const TEXTS = ["at", "kind", "first", "second", "better", "what"];

const isVote = (vote) => vote && TEXTS.every((name) => typeof vote[name] === "string") && Array.isArray(vote.pair)
  && vote.pair.length === 2 && vote.pair.every((value) => typeof value === "string") && ["first", "second", NONE].includes(vote.better);

/** The votes that are stored; none where they cannot be read. */
export const readVotes = (storage) => {
  try {
    const list = JSON.parse(storage().getItem(STORE) || "[]");
    return Array.isArray(list) ? list.filter(isVote) : [];
  } catch { return []; } // no storage, or somebody else's words in it
};
/** What went wrong, "" when they were stored. */
export const storeVotes = (storage, list) => {
  try { storage().setItem(STORE, JSON.stringify(list.slice(-MOST))); } catch { return "This browser stores nothing for this page, so the vote was not saved."; }
  return "";
};

/** At most so many letters of a value. */
export const shorten = (value, most = 60) => (value.length > most ? `${value.slice(0, most - 1)}…` : value || "not set");
/** A pair in words. The seed is chance: it tells two kinds of results apart only where nothing else does. */
export const describeDifference = (differences) => {
  if (!differences) return { what: "settings unknown", first: "settings unknown", second: "settings unknown", pair: ["", ""] };
  if (!differences.rows.length) return { what: "same settings", first: "same settings", second: "same settings", pair: ["", ""] };
  const all = (side) => differences.rows.map((row) => `${row.label}: ${shorten(row[side])}`).join("; ");
  const telling = differences.rows.filter((row) => row.name !== "seed");
  const counted = telling.length ? telling : differences.rows;
  const pair = ["first", "second"].map((side) => counted.map((row) => `${row.label} ${shorten(row[side])}`).join(", "));
  return { what: differences.rows.map((row) => row.label).join(", "), first: all("first"), second: all("second"), pair };
};

/** The votes by what differed: [{kind, what, pair: two values, won: of each, none}]. */
export const tally = (list) => {
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
// --- CSV (RFC 4180). A spreadsheet must take no cell for a formula: an apostrophe before it makes it text.
const cell = (value) => {
  const text = /^[\s]*[=+\-@＝＋－＠]/.test(value) || /^[\t\r\n]/.test(value) ? `'${value}` : value;
  const plain = !/[",\r\n]/.test(text);
  return plain ? text : `"${text.replaceAll('"', '""')}"`;
};
/** All votes as a table. */
export const votesAsCsv = (list) => [
  ["time", "kind", "first", "second", "better", "what differed"],
  ...list.map((vote) => TEXTS.map((name) => vote[name])),
].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
