// Two pictures over each other, with a slider between them.
import { make } from "../../core/js/dom.js";
import { translate } from "../../core/js/language.js";

/** A picture that cannot be dragged away. */
export const picture = (address, alt, name) => make("img", { src: address, alt, class: name, draggable: "false" });

/**
 * Two pictures over each other with a slider between. Each: {url, alt, tag}; label: of the slider; said: its value in
 * words, from both shares in percent; place: share of the left one; moved: told of a new place.
 */
export const picturePair = (left, right, { label, said, place = 50, moved = () => {} }) => {
  const frame = make("div", { class: "omni-pair" });
  const range = make("input", { type: "range", min: 0, max: 100, value: place, "aria-label": label });
  const line = make("span", { class: "omni-pair-line", "aria-hidden": "true" });
  const set = () => {
    frame.style.setProperty("--at", `${range.value}%`);
    range.setAttribute("aria-valuetext", translate(said(range.value, 100 - range.value)));
    moved(Number(range.value));
  };
  const after = picture(right.url, right.alt, "omni-after");
  const tag = (side, words) => make("span", { class: `omni-tags omni-tags-${side}` }, make("span", { class: `omni-tag omni-tag-${side}` }, words));
  frame.append(after, picture(left.url, left.alt, "omni-before"), line, range, tag("left", left.tag), tag("right", right.tag));
  range.addEventListener("input", set);
  set();
  // The frame takes the picture's shape, so that the slider's line runs over the picture and not beside it.
  const fit = () => frame.style.setProperty("--shape", after.naturalWidth / after.naturalHeight || 1);
  after.complete ? fit() : after.addEventListener("load", fit);
  return frame;
};
