// What the dialogs of a comparison are made of.
import { make, smallButton as button } from "../../core/js/dom.js";
import { formatTime } from "../../core/js/language.js";

/** Buttons of which one is pressed. choices: [value, words]; picked: told of a new choice. */
export const choice = (label, choices, picked) => {
  const all = choices.map(([value, words], number) => {
    const element = button(words, () => {
      all.forEach((other) => other.setAttribute("aria-pressed", String(other === element)));
      picked(value);
    }, { "aria-pressed": String(number === 0), "data-value": value });
    return element;
  });
  return make("span", { role: "group", "aria-label": label, class: "omni-compare-row" }, ...all);
};

/** Words of the visitor's own, which are never translated. */
export const theirs = (words) => make("span", { translate: "no" }, words.slice(0, 300));
export const when = (record) => formatTime(record.at);
