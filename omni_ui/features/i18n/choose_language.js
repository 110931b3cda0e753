// Which of the page's languages a visitor gets.

/** The page's language for a wanted one: the very same, else one of the same family ("zh" for "zh-CN"); or undefined. */
export const matchLanguage = (codes, wanted) => codes.find((code) => code === wanted)
  || codes.find((code) => code.split("-")[0] === String(wanted).split("-")[0]);

/** remembered: the visitor's earlier choice, or null. wishes: the browser's languages, the best first. */
export const chooseLanguage = (codes, remembered, wishes) => [remembered, ...wishes]
  .map((wanted) => (wanted ? matchLanguage(codes, wanted) : undefined)).find(Boolean) || "en";

export const STORE = "omni_language";
/** The language of this page, for this visitor. */
export const pageLanguage = () => {
  const codes = (document.querySelector("meta[name=omni-languages]")?.content || "en").split(" ");
  let remembered = null;
  try { remembered = localStorage.getItem(STORE); } catch { /* storage is off: nothing is remembered */ }
  return chooseLanguage(codes, remembered, navigator.languages || [navigator.language]);
};
