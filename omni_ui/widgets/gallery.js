// Shows pictures that came back (omni_ui/widgets/gallery.py): one large, the others as thumbnails, each with a caption;
// and where there is an original, both behind a slider or side by side.
(() => {
  const originals = {};
  const { make } = window.omniTools;

  const image = (address, alt, name) => make("img", { src: address, alt, class: name, draggable: "false" });

  /**
   * Two pictures over each other with a slider between. Each: {url, alt, tag}; label: of the slider; said: its value in
   * words, from both shares in percent; place: share of the left one; moved: told of a new place.
   */
  window.omniPair = (left, right, { label, said, place = 50, moved = () => {} }) => {
    const frame = make("div", { class: "omni-pair" });
    const range = make("input", { type: "range", min: 0, max: 100, value: place, "aria-label": label });
    const line = make("span", { class: "omni-pair-line", "aria-hidden": "true" });
    const set = () => {
      frame.style.setProperty("--at", `${range.value}%`);
      range.setAttribute("aria-valuetext", window.omniText(said(range.value, 100 - range.value)));
      moved(Number(range.value));
    };
    const shown = image(right.url, right.alt, "omni-after");
    frame.append(shown, image(left.url, left.alt, "omni-before"), line, range,
      make("span", { class: "omni-tag omni-tag-left" }, left.tag), make("span", { class: "omni-tag omni-tag-right" }, right.tag));
    range.addEventListener("input", set);
    set();
    // The frame takes the picture's shape, so that the slider's line runs over the picture and not beside it.
    const fit = () => frame.style.setProperty("--shape", shown.naturalWidth / shown.naturalHeight || 1);
    shown.complete ? fit() : shown.addEventListener("load", fit);
    return frame;
  };

  /** The original of a run, kept for the viewer of that id. */
  window.omniOriginal = (props, watch, viewer) => {
    const tell = () => {
      originals[viewer] = props.value?.url || null;
      document.dispatchEvent(new CustomEvent("omni-original", { detail: viewer }));
    };
    watch("value", tell);
    tell();
  };

  window.omniViewer = (element, props, watch, sendsTo) => {
    const id = element.parentElement.closest("[id]").id;
    const box = element.querySelector(".omni-viewer");
    const view = box.querySelector(".omni-view");
    const strip = box.querySelector(".omni-strip");
    const actions = box.querySelector(".omni-view-actions");
    let at = 0;
    let mode = "slider";
    let place = 50;

    const items = () => props.value || [];
    const slider = (before, after) => window.omniPair(
      { url: before, alt: "Original", tag: "Original" },
      { url: after.image.url, alt: after.caption || "Result", tag: "Result" },
      {
        label: "Before and after: share of the original",
        said: (one, other) => `${one} % original, ${other} % result`,
        place,
        moved: (to) => { place = to; },
      },
    );

    const showActions = (item, before) => {
      actions.replaceChildren();
      if (before) {
        const group = make("span", { role: "group", "aria-label": "View", class: "omni-brush-group" });
        for (const [name, words] of [["slider", "Slider"], ["side", "Side by side"], ["result", "Result"]]) {
          const one = make("button", { type: "button", "aria-pressed": String(mode === name), class: "omni-small" }, words);
          one.addEventListener("click", () => { mode = name; show(); actions.querySelector("[aria-pressed=true]").focus(); });
          group.append(one);
        }
        actions.append(group);
      }
      if (view.requestFullscreen) {
        const full = make("button", { type: "button", class: "omni-small" }, "Full screen");
        full.addEventListener("click", () => view.requestFullscreen());
        actions.append(full);
      }
      if (sendsTo) {
        const send = make("button", { type: "button", class: "omni-small" }, "Use as input");
        send.addEventListener("click", () => window.omniPictureFields[sendsTo].replaceFirst({ ...item.image, meta: { _type: "gradio.FileData" } }));
        actions.append(send);
      }
    };

    const show = () => {
      const all = items();
      at = Math.min(at, Math.max(0, all.length - 1));
      // A layer is a part of the picture: there is nothing to compare.
      const before = /layer/i.test(all[at]?.caption || "") ? null : originals[id];
      box.classList.toggle("omni-viewer-empty", !all.length);
      if (!all.length) {
        for (const part of [view, strip, actions]) part.replaceChildren();
        return;
      }
      const item = all[at];
      if (before && mode === "slider") view.replaceChildren(slider(before, item));
      else if (before && mode === "side") {
        const pair = make("div", { class: "omni-side" });
        pair.append(image(before, "Original", ""), image(item.image.url, item.caption || "Result", ""));
        view.replaceChildren(pair);
      } else view.replaceChildren(image(item.image.url, item.caption || "Result", "omni-single"));
      const captions = all.length > 1 ? all : [];
      strip.replaceChildren(...captions.map((one, number) => {
        const words = one.caption || `Picture ${number + 1}`;
        const button = make("button", { type: "button", "aria-pressed": String(number === at), class: "omni-strip-item" });
        button.append(image(one.image.url, "", ""), make("span", {}, words));
        button.addEventListener("click", () => { at = number; show(); strip.children[number].focus(); });
        return button;
      }));
      strip.hidden = !captions.length;
      showActions(item, before);
    };

    watch("value", () => { at = 0; show(); });
    document.addEventListener("omni-original", (event) => { if (event.detail === id) show(); });
    show();
  };
})();
