// Shows pictures that came back (omni_ui/parts/viewer.py): one large, the others as thumbnails, each with a caption;
// and where there is an original, both behind a slider or side by side.
(() => {
  const originals = {};
  const make = (tag, attributes = {}, words = "") => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = words;
    return made;
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
    const image = (address, alt, name) => make("img", { src: address, alt, class: name, draggable: "false" });

    /** The frame takes the picture's shape, so that the slider's line runs over the picture and not beside it. */
    const shape = (frame, picture) => {
      const fit = () => frame.style.setProperty("--shape", picture.naturalWidth / picture.naturalHeight || 1);
      picture.complete ? fit() : picture.addEventListener("load", fit);
    };

    const slider = (before, after) => {
      const frame = make("div", { class: "omni-pair" });
      const range = make("input", { type: "range", min: 0, max: 100, value: place, "aria-label": "Before and after: share of the original" });
      const line = make("span", { class: "omni-pair-line", "aria-hidden": "true" });
      const set = () => {
        place = Number(range.value);
        frame.style.setProperty("--at", `${place}%`);
        range.setAttribute("aria-valuetext", `${place} % original, ${100 - place} % result`);
      };
      const made = image(after.image.url, after.caption || "Result", "omni-after");
      frame.append(made, image(before, "Original", "omni-before"), line, range,
        make("span", { class: "omni-tag omni-tag-left" }, "Original"), make("span", { class: "omni-tag omni-tag-right" }, "Result"));
      range.addEventListener("input", set);
      set();
      shape(frame, made);
      return frame;
    };

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
