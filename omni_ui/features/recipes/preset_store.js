// Presets: the visitor's own, [{ tab, name, recipe }] in this browser, of which what cannot be read is never overwritten;
// and the words of those that come with the app.
const STORE = "omni_presets";
const WRITTEN = ["prompt", "negative_prompt", "input", "instructions"]; // of a request, what its author puts into words

/** All that are stored. Throws when they cannot be read. */
export const readPresets = (storage) => {
  const list = JSON.parse(storage.getItem(STORE) || "[]");
  if (!Array.isArray(list)) throw new Error("not a list");
  return list.filter((preset) => preset && typeof preset.name === "string" && typeof preset.tab === "string" && preset.recipe);
};

/** Stores what `change` makes of the list; a sentence when that cannot be done, "" when it is. */
export const changePresets = (storage, change) => {
  let list;
  try { list = readPresets(storage); } catch { return "The presets in this browser cannot be read, so they were left unchanged."; }
  try { storage.setItem(STORE, JSON.stringify(change(list))); } catch { return "The preset could not be saved: this browser's storage is full or switched off."; }
  return "";
};

/** The list without that preset. */
export const withoutPreset = (list, { tab, name }) => list.filter((preset) => preset.tab !== tab || preset.name !== name);

/** Whether this storage event is about presets. */
export const isPresetEvent = (event) => event.key === STORE;

/** A recipe with its words in another language. say: gives the words in it. */
export const inOtherWords = (recipe, say) => {
  const whole = JSON.parse(recipe);
  const { request } = whole;
  for (const name of WRITTEN) if (request[name]) request[name] = say(request[name]);
  for (const message of request.messages || []) message.content = say(message.content);
  if (request.input) delete request.language; // that of the words before
  return JSON.stringify(whole);
};
