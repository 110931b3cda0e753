// Ranges of seconds as they are written, such as "1-2.5, 4-": read, added to, written again.
const RANGE = /^(\d+(?:\.\d+)?)\s*(?:-|–|to)\s*(\d+(?:\.\d+)?)?$/;
const round = (second) => Math.round(second * 10) / 10;

/** [[from, to]] in seconds, an open end as `length`; null where the text is no list of ranges. */
export const parseRanges = (text, length) => {
  const ranges = [];
  for (const part of text.split(/[,;]/).map((piece) => piece.trim()).filter(Boolean)) {
    const match = RANGE.exec(part);
    if (!match) return null;
    const range = [Number(match[1]), match[2] === undefined ? length : Number(match[2])];
    if (range[1] <= range[0]) return null;
    ranges.push(range);
  }
  return ranges;
};

/** The ranges with one more, those that touch each other joined. */
export const addRange = (ranges, from, to) => {
  const sorted = [...ranges, [round(Math.min(from, to)), round(Math.max(from, to))]].sort((a, b) => a[0] - b[0]);
  const joined = [];
  for (const [start, end] of sorted) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else if (end > start) joined.push([start, end]);
  }
  return joined;
};

/** The ranges without the one that holds a second. */
export const removeAt = (ranges, second) => ranges.filter(([from, to]) => second < from || second > to);

export const writeRanges = (ranges) => ranges.map(([from, to]) => `${from}-${to}`).join(", ");
