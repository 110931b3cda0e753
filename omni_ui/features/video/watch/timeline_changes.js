// The changes of a timeline as data: read from the control's text, changed, and written back. (No page is needed.)
const LATEST = 3600;
const KEYS = "wasdijkl";

/** Keys in the order in which they are named, without any others. */
export const tidyKeys = (keys) => [...KEYS].filter((key) => String(keys).toLowerCase().includes(key)).join("");

const tidySecond = (at) => Math.round(Math.min(LATEST, Math.max(0, Number(at) || 0)) * 100) / 100;

/** A change with nothing but what it says; null for what is none. An empty prompt is one that is being written. */
const tidyChange = (change) => {
  if (!change || typeof change !== "object") return null;
  const at = tidySecond(change.at);
  if (typeof change.keys === "string") return { at, keys: tidyKeys(change.keys) };
  if (typeof change.prompt !== "string") return null;
  const whole = Number.isInteger(change.transition_chunks) && change.transition_chunks >= 0;
  return { at, prompt: change.prompt, ...(whole ? { transition_chunks: change.transition_chunks } : {}) };
};

/** The changes of a control's value: a list, or its JSON; by the second at which they happen. */
export const readChanges = (value) => {
  let list = value;
  if (typeof value === "string") {
    try { list = JSON.parse(value || "[]"); } catch { list = []; }
  }
  return Array.isArray(list) ? inOrder(list.map(tidyChange).filter(Boolean)) : [];
};

export const inOrder = (changes) => changes.map((change, i) => [change, i])
  .sort(([a, i], [b, j]) => a.at - b.at || i - j).map(([change]) => change);

/** The control's value: rows that say nothing yet are left out. */
export const writeChanges = (changes) => {
  const said = inOrder(changes).filter(({ prompt, keys }) => keys !== undefined || prompt.trim());
  return said.length ? JSON.stringify(said) : "";
};

/** The second for a new row: one behind the last, within the video. */
export const nextSecond = (changes, length) => {
  const last = changes.length ? Math.max(...changes.map(({ at }) => at)) : 0;
  return tidySecond(length > 0 ? Math.min(last + 1, length) : last + 1);
};

/** How long the video will be by its settings, in seconds; 0 when the model decides. */
export const lengthOf = ({ seconds, frames, rate }) => {
  if (Number(frames) > 0) return Number(frames) / (Number(rate) > 0 ? Number(rate) : 24);
  return Number(seconds) > 0 ? Number(seconds) : 0;
};

/** What stands at a place of the track, in percent. */
export const shareOf = (at, length) => Math.min(100, Math.max(0, (100 * at) / Math.max(length, 0.1)));
