// What is reckoned of lyrics, without the page.
const TAG = /^\s*\[[^\][\n]{1,40}\]\s*$/;
const SHORTEST = 3; // seconds of a sung line, at the quick and at the slow end
const LONGEST = 6;

/** How many lines are sung, and about how many seconds that takes. */
export const sizeOf = (text) => {
  const lines = text.split("\n").filter((line) => line.trim() && !TAG.test(line)).length;
  return { lines, shortest: lines * SHORTEST, longest: lines * LONGEST };
};

/** The text with a tag on a line of its own before the line of the cursor, and the cursor behind the tag. */
export const withTag = (text, cursor, tag) => {
  const at = text.lastIndexOf("\n", cursor - 1) + 1;
  const written = `[${tag}]\n`;
  const before = text.slice(0, at);
  const gap = before.trim() && !before.endsWith("\n\n") ? "\n" : "";
  return { text: before + gap + written + text.slice(at), cursor: at + gap.length + written.length };
};
