// Shows pictures that came back (omni_ui/widgets/pictures/gallery.py): several as large cells, of which a click makes one large, the others as thumbnails;
// and where there is an original, both behind a slider or side by side.
import { defineComponent, onPush } from "../../core/js/components.js";
import { appRoot, make } from "../../core/js/dom.js";
import { byId } from "../../core/js/tab_elements.js";
import { copyPicture } from "./copy_picture.js";
import { pictureFields, stages } from "./picture_fields.js";
import { picture, picturePair } from "./picture_pair.js";

const originals = {}; // by the elem_id of a viewer
const counts = {}; // by the same: how many pictures it holds
const selected = {}; // by the same: which of them is selected, and what it is called

/** What a viewer shows: { count, original }, the original being file data or undefined. */
export const shownResult = (viewer) => ({ count: counts[viewer] || 0, original: originals[viewer] });

/** The picture of a viewer that the buttons below it act on: { at, name }; name is "" where it is the only one. */
export const selectedPicture = (viewer) => selected[viewer] || { at: 0, name: "" };

/** The original of a run, kept for the viewer of that id. */
defineComponent("gallery_original", ({ element, props, watch, options: { viewer } }) => {
  const tell = () => {
    if (props.value && props.value.path === originals[viewer]?.path) return; // it was pushed, and is drawn
    originals[viewer] = props.value || undefined;
    document.dispatchEvent(new CustomEvent("omni-original", { detail: viewer }));
  };
  // Right before the pictures that were made from it: with those it is drawn, and not beside the result before.
  onPush(element.parentElement.closest("[id]").id, (value) => {
    originals[viewer] = value ? withAddress(value) : props.value || undefined;
  });
  watch("value", tell);
  tell();
});

/** File data that was pushed: Gradio gives it no address. */
const withAddress = (file) => ({ ...file, url: `${appRoot()}/gradio_api/file=${file.path}` });

/** Which files a value holds. */
const pathsOf = (all) => (all || []).map((item) => item.image.path).join("\n");

defineComponent("gallery", ({ element, props, watch, options: { sendsTo } }) => {
  const id = element.parentElement.closest("[id]").id;
  const box = element.querySelector(".omni-viewer");
  const view = box.querySelector(".omni-view");
  const strip = box.querySelector(".omni-strip");
  const actions = box.querySelector(".omni-view-actions");
  let at = 0;
  let mode = "slider";
  let large = false; // whether one of several is shown large
  let kept = null; // the same after a run that gives the same pictures again
  let place = 0; // the result is seen whole at first: a change in its left half would lie below the original

  let pushed = null; // what the app has told of before Gradio's update came
  let images = new Map(); // by address: those in the cells, which are used again
  const items = () => pushed || props.value || [];
  const slider = (before, after) => picturePair(
    { url: before, alt: "Original", tag: "Original" },
    { url: after.image.url, alt: after.caption || "Result", tag: "Result" },
    {
      label: "Before and after: share of the original",
      said: (left, right) => `${left} % original, ${right} % result`,
      place,
      moved: (to) => { place = to; },
    },
  );

  /** All pictures over the whole window, with zoom and swipe; it is loaded when it is first asked for. */
  const openLarge = async (first) => (await import("./lightbox.js")).openLightbox(items().map((item) => ({ url: item.image.url, alt: words(item) })), first);
  /** What a picture shows: its words, as far as they are known. */
  const words = (item) => [item.caption, byId(id.replace(/-result$/, "-prompt"))?.querySelector("textarea")?.value.trim()].filter(Boolean).join(": ") || "Result";

  /** A place takes the shape of a picture as soon as that is known. */
  const takeShape = (place, image) => {
    const fit = () => { if (image.naturalHeight) place.style.setProperty("--shape", image.naturalWidth / image.naturalHeight); };
    if (image.complete) fit();
    else image.addEventListener("load", fit);
  };

  const single = (item) => {
    const image = picture(item.image.url, words(item), "omni-single");
    image.setAttribute("translate", "no");
    image.addEventListener("click", () => openLarge(at));
    takeShape(image, image);
    return image;
  };

  /** Several pictures as large cells, to choose by: a click makes one large. */
  const grid = (all) => {
    const [drawn, coming] = [new Map(), all.includes(null)];
    const cells = make("div", { class: "omni-picture-cells" });
    cells.append(...all.map((item, number) => {
      const frame = make("span", { class: "omni-picture-frame" }, make("span", { class: "omni-tag omni-tag-left", ...(item ? { "aria-hidden": "true" } : {}) }, nameOf(item, number)));
      if (!item) return make("span", { class: "omni-picture-cell omni-picture-coming" }, frame);
      const image = images.get(item.image.url) || picture(item.image.url, words(item), "");
      image.setAttribute("translate", "no");
      frame.prepend(image);
      takeShape(frame, image);
      if (coming) takeShape(cells, image); // and so of those that still come
      drawn.set(item.image.url, image);
      const cell = make("button", { type: "button", class: "omni-picture-cell", ...(number === at && !coming ? { "aria-current": "true" } : {}) }, frame);
      cell.addEventListener("click", () => { at = number; large = true; show(); strip.children[number].focus(); });
      return cell;
    }));
    images = drawn;
    cells.style.setProperty("--columns", all.length < 5 ? 2 : all.length < 10 ? 3 : 4);
    return cells;
  };
  const nameOf = (item, number) => item?.caption || `Picture ${number + 1}`;

  /** Both in frames of one size, that of the result, so that they are level to the pixel. */
  const sideBySide = (before, item) => {
    const after = picture(item.image.url, item.caption || "Result", "");
    const pair = make("div", { class: "omni-side" }, picture(before, "Original", ""), after);
    takeShape(pair, after);
    return pair;
  };

  const showActions = (item, before, several) => {
    actions.replaceChildren();
    if (several && !large) return;
    if (several) {
      const back = make("button", { type: "button", class: "omni-small" }, "All pictures");
      back.addEventListener("click", () => { large = false; show(); view.querySelectorAll(".omni-picture-cell")[at].focus(); });
      actions.append(back);
    }
    if (before) {
      const group = make("span", { role: "group", "aria-label": "View", class: "omni-brush-group" });
      for (const [name, words] of [["slider", "Slider"], ["side", "Side by side"], ["result", "Result"]]) {
        const choice = make("button", { type: "button", "aria-pressed": String(mode === name), class: "omni-small" }, words);
        choice.addEventListener("click", () => { mode = name; show(); actions.querySelector("[aria-pressed=true]").focus(); });
        group.append(choice);
      }
      actions.append(group);
    }
    if (stages[sendsTo] && pictureFields[sendsTo]?.first()) {
      const paint = make("button", { type: "button", class: "omni-small" }, "Paint the area");
      paint.addEventListener("click", () => stages[sendsTo].paint());
      actions.append(paint);
    }
    if (navigator.clipboard?.write && window.ClipboardItem) {
      const copy = make("button", { type: "button", class: "omni-small", "data-sign": "copy", title: "Copy picture" }, "Copy picture");
      copy.addEventListener("click", () => copyPicture(view.querySelector("img:last-of-type"), copy));
      actions.append(copy);
    }
    const full = make("button", { type: "button", class: "omni-small", "data-sign": "full", title: "Full screen" }, "Full screen");
    full.addEventListener("click", () => openLarge(at));
    actions.append(full);
    if (sendsTo) {
      const send = make("button", { type: "button", class: "omni-small" }, "Use as input");
      send.addEventListener("click", () => pictureFields[sendsTo].replaceFirst({ ...item.image, meta: { _type: "gradio.FileData" } }));
      actions.append(send);
    }
  };

  const select = () => {
    const all = items();
    selected[id] = { at, name: all.length > 1 ? nameOf(all[at], at) : "" };
    document.dispatchEvent(new CustomEvent("omni-selected", { detail: id }));
  };

  const show = () => {
    const all = items();
    at = Math.min(at, Math.max(0, all.length - 1));
    // A layer is a part of the picture: there is nothing to compare.
    const before = /layer/i.test(all[at]?.caption || "") ? null : originals[id]?.url;
    box.classList.toggle("omni-viewer-empty", !all.length);
    if (!all.length) {
      for (const part of [view, strip, actions]) part.replaceChildren();
      select();
      return;
    }
    const item = all[at];
    const several = all.length > 1 && !originals[id];
    if (several && !large) view.replaceChildren(grid(all));
    else if (before && mode === "slider") view.replaceChildren(slider(before, item));
    else if (before && mode === "side") {
      view.replaceChildren(sideBySide(before, item));
    } else view.replaceChildren(single(item));
    const captions = all.length > 1 ? all : [];
    strip.replaceChildren(...captions.map((item, number) => {
      const button = make("button", { type: "button", "aria-pressed": String(number === at), class: "omni-strip-item" });
      button.append(picture(item.image.url, "", ""), make("span", {}, nameOf(item, number)));
      button.addEventListener("click", () => { at = number; large = true; show(); strip.children[number].focus(); });
      return button;
    }));
    strip.hidden = !captions.length || (several && !large);
    showActions(item, before, several);
    select();
  };

  const tell = (all = items()) => {
    counts[id] = all.length;
    document.dispatchEvent(new CustomEvent("omni-result", { detail: id }));
  };
  const showNew = () => {
    const same = kept?.count === items().length ? kept : { at: 0, large: false };
    if (items().length) kept = null;
    ({ at, large } = same);
    show();
    tell();
  };
  /** Pictures of an answer that is still coming, each in its cell: there is nothing to choose between yet. */
  const showComing = (all) => {
    view.replaceChildren(grid(all));
    strip.hidden = true;
    actions.replaceChildren();
    box.classList.remove("omni-viewer-empty");
    tell(all);
  };
  onPush(id, (value) => {
    const arrived = value?.map((item) => item && { ...item, image: withAddress(item.image) });
    box.classList.toggle("omni-viewer-coming", Boolean(arrived));
    if (arrived?.includes(null)) return showComing(arrived);
    pushed = arrived;
    showNew();
  });
  watch("value", () => {
    const isDrawn = pushed && pathsOf(pushed) === pathsOf(props.value);
    pushed = null;
    box.classList.remove("omni-viewer-coming");
    if (!isDrawn) showNew();
  });
  document.addEventListener("omni-same-seed", (event) => { if (event.detail === id) kept = { at, large, count: items().length }; });
  document.addEventListener("omni-original", (event) => { if (event.detail === id) { show(); tell(); } });
  show();
  tell();
});
