// Which of the page's languages a visitor gets.

/** The page's language for a wanted one: the very same, else one of the same family ("zh" for "zh-CN"); or undefined. */
export const matchLanguage = (codes, wanted) => codes.find((code) => code === wanted)
  || codes.find((code) => code.split("-")[0] === String(wanted).split("-")[0]);

/** remembered: the visitor's earlier choice, or null. wishes: the browser's languages, the best first. */
export const chooseLanguage = (codes, remembered, wishes) => [remembered, ...wishes]
  .map((wanted) => (wanted ? matchLanguage(codes, wanted) : undefined)).find(Boolean) || "en";
