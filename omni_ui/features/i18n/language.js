// Languages. The page is written in English; this puts the texts of another language in their place
// (omni_ui/languages). What Gradio draws is translated by Gradio; both follow the same choice.
(() => {
  const STORE = "omni_language";
  const NAMES = window.omniLanguages || [["en", "English"]];
  const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt"];
  // What people and models wrote is never translated, nor is code.
  const THEIRS = "[translate=no], script, style, pre, code, .omni-example, .omni-model, .omni-body, .omni-said, .omni-thought > div, "
    + ".omni-history-prompt, .omni-history-whole, .omni-history-detail td, .omni-job-prompt, .omni-preset-own button:not(.omni-preset-remove), [contenteditable=true]";
  const OURS = ".omni-picture"; // our own buttons within an answer
  const { root } = window.omniTools;
  const known = (wanted) => NAMES.find(([code]) => code === wanted)?.[0]
    || NAMES.find(([code]) => code.split("-")[0] === String(wanted).split("-")[0])?.[0];
  const remembered = () => { try { return known(localStorage.getItem(STORE)); } catch { return undefined; } };

  let language = remembered() || [...(navigator.languages || [navigator.language])].map(known).find(Boolean) || "en";
  const gradios = document.documentElement.lang; // it started before this script, with the browser's first language
  document.documentElement.lang = language;

  // --- From an English text to that of the language
  let exact = new Map();
  let patterns = []; // texts with gaps, those with the most words of their own first
  let found = new Map(); // what was looked up before; null when there is nothing
  const sources = new Map(); // from what was shown back to the English text
  const GAP = /\{\d+\}/;
  const quoted = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

  const learn = (texts) => {
    exact = new Map(Object.entries(texts));
    patterns = [];
    found = new Map();
    for (const [key, shown] of exact) {
      const letters = key.replace(/\{\d+\}/g, "").replace(/[^\p{L}]/gu, "").length;
      const wide = /(^|[.?!:] )\{\d+\}( [A-Z]|$)/.test(key); // a gap that holds sentences
      const add = (source, becomes, plain) => patterns.push({ source: new RegExp(`^${source}$`, "s"), becomes, letters, plain, wide });
      if (GAP.test(key)) add(key.split(GAP).map(quoted).join("(.*?)"), shown, letters < 12);
      // What is said about a field stands alone in the file: "is empty: choose another file."
      else if (/^(is|has|holds|must|cannot|needs|makes|changes|understands|answers|speaks|reads|takes)\b/.test(key)) {
        add(`(.{1,80}?) ${quoted(key)}`, `{1}${shown}`, true);
        add(`(.{1,80}?) ${quoted(key)}\\.`, `{1}${shown}${/[\u3000-\u9fff]$/.test(shown) ? "。" : "."}`, true);
      }
    }
    // Sentences before their parts: "… must be {2}." before "{1} from {2} to {3}".
    const ends = (one) => /\\[.?!]\$$/.test(one.source.source);
    patterns.sort((a, b) => ends(b) - ends(a) || b.letters - a.letters);
  };

  /** A sentence, also one that is known without its full stop. */
  const ended = (text) => {
    const bare = /\.$/.test(text) ? whole(text.slice(0, -1)) : null;
    return whole(text) ?? (bare && bare + (/[\u3000-\u9fff]$/.test(bare) ? "。" : "."));
  };
  /** Titles with their numbers: "Inference steps 7, Seed 3". */
  const listed = (text) => {
    const parts = text.split(", ").map((one) => {
      const [, title, value] = /^(.+) (\S*\d\S*)$/.exec(one) || [];
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
      let shown = null;
      for (to = parts.length; to > from && shown === null; to -= 1) {
        if (to - from < parts.length) shown = ended(parts.slice(from, to).join(" "));
      }
      to += 1;
      if (shown === null) {
        to = from + 1;
        const title = /^(.*):$/.exec(parts[from])?.[1]; // "Seed: Random"
        hit ||= Boolean(title && exact.has(title));
        shown = title && exact.has(title) ? `${exact.get(title)}: ` : parts[from];
      } else hit = true;
      said += (said && !/[。？！：\s]$/.test(said) ? " " : "") + shown;
    }
    return hit ? said : null;
  };
  /** What fills a gap: a title, a list of them with values, or something that stays as it is. */
  const piece = (text) => {
    const one = (words) => exact.get(words) ?? exact.get(words.charAt(0).toUpperCase() + words.slice(1));
    const titled = (words) => {
      const [, title, value] = /^(.*) (\S+)$/s.exec(words) || [];
      return one(words) ?? (title && one(title) ? `${one(title)} ${value}` : words);
    };
    const words = text.trim();
    return one(words) ?? matched(words) ?? text.split(", ").map(titled).join(", ");
  };
  const matched = (text) => {
    for (const { source, becomes, plain, wide } of patterns) {
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
    if (found.has(text)) return found.get(text);
    const shown = whole(text) ?? sentences(text) ?? listed(text);
    if (found.size > 5000) found.clear();
    found.set(text, shown);
    if (shown !== null) sources.set(shown, text);
    return shown;
  };
  /** For scripts that need a text elsewhere than in the page. */
  window.omniText = (text) => translated(text) ?? text;
  /** A time (seconds since 1970) as people write it: in English, those of the browser's language. */
  window.omniWhen = (seconds) => new Date(1000 * seconds).toLocaleString(language === "en" ? undefined : language);

  // --- Into the page
  const theirs = (element) => element?.closest?.(THEIRS) && !element.closest(OURS);
  const english = (text) => { const words = text.trim().replace(/\s+/g, " "); return sources.get(words) ?? words; };
  const become = (value) => {
    const source = english(value);
    const shown = translated(source) ?? source;
    return shown === value.trim().replace(/\s+/g, " ") ? value : value.replace(value.trim(), () => shown);
  };
  const textNode = (node) => {
    const place = node.parentElement;
    if (!place || !node.nodeValue.trim() || place.tagName === "TEXTAREA" || theirs(place)) return;
    if (place.tagName === "OPTION" && !place.hasAttribute("value")) return; // its text is its value
    const shown = become(node.nodeValue);
    if (shown !== node.nodeValue) node.nodeValue = shown;
  };
  const attributes = (element) => {
    for (const name of ATTRIBUTES) {
      const value = element.getAttribute?.(name);
      if (!value || theirs(element)) continue;
      const shown = become(value);
      if (shown !== value) element.setAttribute(name, shown);
    }
  };
  const all = (from) => {
    if (from.nodeType === Node.TEXT_NODE) { textNode(from); return; }
    if (from.nodeType !== Node.ELEMENT_NODE || theirs(from) && !from.querySelector(OURS)) return;
    attributes(from);
    for (const element of from.querySelectorAll(ATTRIBUTES.map((name) => `[${name}]`).join())) attributes(element);
    const walk = document.createTreeWalker(from, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) textNode(walk.currentNode);
  };
  const observer = new MutationObserver((changes) => {
    if (!exact.size) return;
    for (const change of changes) {
      if (change.type === "characterData") textNode(change.target);
      else if (change.type === "attributes") attributes(change.target);
      else change.addedNodes.forEach(all);
    }
  });
  observer.observe(document.documentElement, {
    childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });

  // --- The choice
  const learned = async (code) => {
    const answer = code === "en" ? null : await fetch(`${root()}/omni/languages/${code}`);
    if (answer && !answer.ok) throw new Error("This language could not be loaded.");
    learn(answer ? await answer.json() : {});
  };
  /** Gradio has a way to change its language, for a settings page of its own that this page leaves out. */
  const tellGradio = async (code) => {
    const core = performance.getEntriesByType("resource").map((one) => one.name).find((name) => /\/assets\/core-[\w-]+\.js$/.test(name));
    (await import(core)).changeLocale(code);
  };
  const change = async (code) => {
    try { localStorage.setItem(STORE, code); } catch { /* not remembered: this page changes all the same */ }
    await learned(code);
    language = code;
    document.documentElement.lang = code;
    if (document.body) all(document.body);
    await tellGradio(code);
  };
  if (gradios !== language) tellGradio(language);
  const ready = learned(language).then(() => document.body && all(document.body)).catch(() => {});

  addEventListener("change", (event) => {
    if (event.target.id === "omni-language") ready.then(() => change(event.target.value));
  }, { capture: true });
  // The header is drawn by Gradio, at a time of its own.
  const select = setInterval(() => {
    const box = document.getElementById("omni-language");
    if (!box) return;
    box.value = language;
    clearInterval(select);
  }, 50);
})();
