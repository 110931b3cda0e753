// The texts of the page in its language: the English text is the key (omni_ui/features/i18n).
let language = "en";
let exact = new Map();
let byWord = new Map(); // texts with gaps, by their longest word
let lookups = new Map(); // what was looked up before; null when there is nothing
const sources = new Map(); // from what was shown back to the English text
const GAP = /\{\d+\}/;
const quoted = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** texts: those of the language by the English ones; none for English itself. */
export const learn = (code, texts) => {
  language = code;
  exact = new Map(Object.entries(texts));
  const patterns = []; // those with the most words of their own first
  lookups = new Map();
  for (const [key, translation] of exact) {
    const letters = key.replace(/\{\d+\}/g, "").replace(/[^\p{L}]/gu, "").length;
    const wide = /(^|[.?!:] )\{\d+\}( [A-Z]|$)/.test(key); // a gap that holds sentences
    const add = (source, becomes, plain) => patterns.push({ source: new RegExp(`^${source}$`, "s"), key, becomes, letters, plain, wide });
    if (GAP.test(key)) add(key.split(GAP).map(quoted).join("(.*?)"), translation, letters < 12);
    // What is said about a field stands alone in the file: "is empty: choose another file."
    else if (/^(is|has|holds|must|cannot|needs|makes|changes|understands|answers|speaks|reads|takes|transcribes|sings|steers|does)\b/.test(key)) {
      add(`(.{1,80}?) ${quoted(key)}`, `{1}${translation}`, true);
      add(`(.{1,80}?) ${quoted(key)}\\.`, `{1}${translation}${/[\u3000-\u9fff]$/.test(translation) ? "。" : "."}`, true);
    }
  }
  // Sentences before their parts: "… must be {2}." before "{1} from {2} to {3}".
  const ends = (pattern) => /\\[.?!]\$$/.test(pattern.source.source);
  patterns.sort((a, b) => ends(b) - ends(a) || b.letters - a.letters);
  byWord = new Map();
  patterns.forEach((pattern, rank) => {
    const words = pattern.key.match(/(?<![\p{L}\d}])\p{L}+(?![\p{L}\d{])/gu) || [""];
    const word = words.reduce((longest, other) => (other.length > longest.length ? other : longest));
    byWord.set(word, [...byWord.get(word) || [], { ...pattern, rank }]);
  });
};
/** The patterns whose longest word stands in a text, in their order: hundreds of regular expressions are slow. */
const candidates = (text) => [...new Set(["", ...text.match(/\p{L}+/gu) || []])]
  .flatMap((word) => byWord.get(word) || []).sort((a, b) => a.rank - b.rank);

/** A sentence, also one that is known without its full stop. */
const ended = (text) => {
  const bare = /\.$/.test(text) ? whole(text.slice(0, -1)) : null;
  return whole(text) ?? (bare && bare + (/[\u3000-\u9fff]$/.test(bare) ? "。" : "."));
};
/** Titles with their numbers: "Inference steps 7, Seed 3". */
const listed = (text) => {
  const parts = text.split(", ").map((item) => {
    const [, title, value] = /^(.+) (\S*\d\S*)$/.exec(item) || [];
    return title && exact.has(title) ? `${exact.get(title)} ${value}` : null;
  });
  return parts.every(Boolean) ? parts.join(", ") : null;
};
const sentences = (text) => {
  const parts = text.split(/(?<=[.?!:]) /);
  if (parts.length < 2 || parts.length > 12) return null;
  let hit = false;
  let said = "";
  for (let from = 0, to; from < parts.length; from = to) {
    let translation = null;
    for (to = parts.length; to > from && translation === null; to -= 1) {
      if (to - from < parts.length) translation = ended(parts.slice(from, to).join(" "));
    }
    to += 1;
    if (translation === null) {
      to = from + 1;
      const title = /^(.*):$/.exec(parts[from])?.[1]; // "Seed: Random"
      hit ||= Boolean(title && exact.has(title));
      translation = title && exact.has(title) ? `${exact.get(title)}: ` : parts[from];
    } else hit = true;
    said += (said && !/[。？！：\s]$/.test(said) ? " " : "") + translation;
  }
  return hit ? said : null;
};
/** What fills a gap: a title, a list of them with values, or something that stays as it is. */
const piece = (text) => {
  const exactly = (words) => exact.get(words) ?? exact.get(words.charAt(0).toUpperCase() + words.slice(1));
  const titled = (words) => {
    const [, title, value] = /^(.*) (\S+)$/s.exec(words) || [];
    return exactly(words) ?? (title && exactly(title) ? `${exactly(title)} ${value}` : words);
  };
  const words = text.trim();
  return exactly(words) ?? matched(words) ?? text.split(", ").map(titled).join(", ");
};
const matched = (text) => {
  for (const { source, becomes, plain, wide } of candidates(text)) {
    const fits = source.exec(text);
    if (!fits) continue;
    const gaps = fits.slice(1);
    if (plain && gaps.some((gap) => gap.length > 60)) continue;
    if (!wide && gaps.some((gap) => /[.?!] [A-Z]/.test(gap))) continue;
    return becomes.replace(/\{(\d+)\}/g, (_, number) => piece(gaps[number - 1]));
  }
  return null;
};
const whole = (text) => exact.get(text) ?? matched(text);
/** The text in the language of the page, or null when it has none. */
const translated = (text) => {
  if (!exact.size || text.length > 1500 || !/[A-Za-z]/.test(text)) return null;
  if (lookups.has(text)) return lookups.get(text);
  const translation = whole(text) ?? sentences(text) ?? listed(text);
  if (lookups.size > 5000) lookups.clear();
  lookups.set(text, translation);
  if (translation !== null) sources.set(translation, text);
  return translation;
};
/** The text in the language of the page; as it is where that has none. */
export const translate = (text) => translated(text) ?? text;
/** The English text that is shown so, or null. */
export const sourceOf = (text) => sources.get(text) ?? null;
/** Whether the page is shown in a language other than English. */
export const isTranslated = () => exact.size > 0;
/** A time (seconds since 1970) as people write it: in English, those of the browser's language. */
export const formatTime = (seconds) => new Date(1000 * seconds).toLocaleString(language === "en" ? undefined : language);
