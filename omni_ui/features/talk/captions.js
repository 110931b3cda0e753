// What both sides say, line by line. What of an answer was not heard is greyed.
import { make } from "../../core/js/dom.js";

const NAMES = { you: "You", model: "Model" };

export class Captions {
  constructor(list) {
    this.list = list;
    this.lines = new Map(); // by turn
  }

  clear() {
    this.list.replaceChildren();
    this.lines.clear();
  }

  line(who, turn) {
    if (who === "model" && this.lines.has(turn)) return this.lines.get(turn);
    const words = make("span", { class: "omni-call-words" });
    const line = { words, texts: [], element: make("li", { class: `omni-call-${who}` }, make("b", {}, NAMES[who]), words) };
    this.list.append(line.element);
    if (who === "model") this.lines.set(turn, line);
    return line;
  }

  add(who, turn, text) {
    const line = this.line(who, turn);
    const piece = make("span", {}, text);
    line.words.append(piece);
    line.texts.push({ piece, length: text.length });
    this.list.scrollTop = this.list.scrollHeight;
  }

  /** The visitor said something that nobody wrote down. */
  spoke() {
    this.add("you", "", "(spoken)");
  }

  /** Greys what was not heard of an answer: its words are taken as spread evenly over its sound. */
  cut(turn, heardMs, allMs) {
    const line = this.lines.get(turn);
    if (!line) return;
    const letters = line.texts.reduce((sum, { length }) => sum + length, 0);
    let left = heardFraction(heardMs, allMs) * letters;
    for (const { piece, length } of line.texts) {
      if (left < length) {
        const text = piece.textContent;
        const place = Math.max(0, Math.round(left));
        piece.replaceChildren(text.slice(0, place), make("span", { class: "omni-call-unheard" }, text.slice(place)));
      }
      left -= length;
    }
  }
}

/** How much of an answer was heard, 0 to 1. */
export const heardFraction = (heardMs, allMs) => (allMs > 0 ? Math.min(1, Math.max(0, heardMs / allMs)) : 0);
