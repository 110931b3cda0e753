// What the buttons above the list of History say and do: with the results that were chosen, else with all.

/** chosen: how many results are; all: how many there are; filtered: whether the list shows only some of them. */
export const actsFor = ({ chosen, all, filtered }) => ({
  zip: chosen ? `Download ${chosen} as zip` : "Download all as zip",
  // All are deleted only where all are listed: what a search leaves out would go unseen.
  remove: chosen ? `Delete ${chosen}` : filtered ? "" : "Delete all",
  sure: chosen ? `Really delete ${chosen}?` : `Really delete all ${all}?`,
});

/** Where the words of a button stand: beside its sign, where it has one. */
export const wordsOf = (button) => button.querySelector(".omni-act-words") || button;

/** The words of an answer in Markdown: a card shows how it begins. */
export const withoutMarks = (text) => text.replace(/[*_`]+|\$\$/g, "").replace(/[#|>]+|-{3,}/g, " ").replace(/\s+/g, " ").trim();
