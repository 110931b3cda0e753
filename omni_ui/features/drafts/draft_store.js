// Drafts in the browser's storage: one for each page, bounded. No part of this needs a document.
export const PAGE = "omni_draft"; // in sessionStorage: the draft of this browser tab
export const LOST = "omni_draft:"; // in localStorage, before a page's id: for a browser tab that is lost
export const LARGEST = 1_000_000; // characters of one draft; browsers give all of a site about five million
export const MOST_LOST = 3;
export const KEEPS = 7 * 24 * 3600 * 1000; // ms that the draft of a lost tab is kept

const isEmpty = (value) => value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
export const same = (left, right) => (isEmpty(left) && isEmpty(right)) || JSON.stringify(left) === JSON.stringify(right);

/** What the visitor entered, by name: the values that are neither the page's first ones nor filled in by itself.
 *  fields: [{ name, initial }], in the order of the values. */
export const enteredValues = (fields, values, isFilledIn = () => false) => Object.fromEntries(
  fields.map(({ name, initial }, at) => [name, values[at], initial])
    .filter(([name, value, initial]) => !same(value, initial) && !isFilledIn(name, value))
    .map(([name, value]) => [name, isEmpty(value) ? null : value]));

/** The addresses of all files within a value, as Gradio describes them. */
export const addressesIn = (value) => {
  if (!value || typeof value !== "object") return [];
  if (typeof value.path === "string" && typeof value.url === "string") return [value.url];
  return Object.values(value).flatMap(addressesIn);
};

/** The draft as text that is not too long: the largest values are left out first. */
export const packDraft = (draft) => {
  const text = JSON.stringify(draft);
  if (text.length <= LARGEST) return text;
  const sizes = Object.entries(draft.tabs).flatMap(([tab, values]) =>
    Object.entries(values).map(([name, value]) => ({ tab, name, size: JSON.stringify(value ?? null).length })));
  const { tab, name } = sizes.sort((left, right) => right.size - left.size)[0];
  const { [name]: _, ...rest } = draft.tabs[tab];
  return packDraft({ ...draft, tabs: { ...draft.tabs, [tab]: rest } });
};

export const readDraft = (text) => {
  try {
    const draft = JSON.parse(text);
    const fits = draft && typeof draft.id === "string" && Number.isFinite(draft.at) && draft.tabs && typeof draft.tabs === "object";
    return fits ? draft : null;
  } catch {
    return null;
  }
};

/** The drafts of pages that may be gone, the newest first. */
export const lostDrafts = (storage, now) => Object.keys(storage).filter((key) => key.startsWith(LOST))
  .map((key) => readDraft(storage.getItem(key))).filter((draft) => draft && now - draft.at < KEEPS)
  .sort((left, right) => right.at - left.at);

/** Writes a draft to both places, or takes it away when nothing is entered. Storage that is full keeps what it can. */
export const writeDraft = (page, storage, draft) => {
  const empty = Object.values(draft.tabs).every((values) => !Object.keys(values).length);
  const keep = new Set(lostDrafts(storage, draft.at).filter(({ id }) => id !== draft.id).slice(0, MOST_LOST - 1).map(({ id }) => LOST + id));
  for (const key of Object.keys(storage)) if (key.startsWith(LOST) && !keep.has(key)) storage.removeItem(key);
  const text = empty ? "" : packDraft(draft);
  for (const [place, key] of [[page, PAGE], [storage, LOST + draft.id]]) {
    try {
      if (empty) place.removeItem(key);
      else place.setItem(key, text);
    } catch { /* no room: what was there before stays */ }
  }
};

/** Takes away the drafts of this browser tab and of all lost ones: on signing out, when the next may be another person. */
export const forgetDrafts = (page, storage) => {
  page.removeItem(PAGE);
  for (const key of Object.keys(storage)) if (key.startsWith(LOST)) storage.removeItem(key);
};
