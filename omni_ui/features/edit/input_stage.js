// The picture that is to be changed, on the stage (omni_ui/features/edit/input_stage.py), with its mask over it; a mask is
// painted right there. Once there is a result made from it, the stage belongs to that, until one goes back.
import { defineComponent } from "../../core/js/components.js";
import { make } from "../../core/js/dom.js";
import { byId } from "../../core/js/tab_elements.js";
import { shownResult } from "../../widgets/pictures/gallery.js";
import { pictureFields, stages } from "../../widgets/pictures/picture_fields.js";

defineComponent("input_stage", ({ element, options: { picture, mask, result } }) => {
  const box = element.querySelector(".omni-input-stage");
  const view = box.querySelector(".omni-input-view");
  const actions = box.querySelector(".omni-view-actions");
  const tab = picture.split("-")[0];
  let chosen = ""; // "picture" or "result", when one was asked for by hand
  let drawn = ""; // what the view holds
  let brush = null; // while a mask is painted

  const address = () => pictureFields[picture]?.first() || "";
  const maskAddress = () => pictureFields[mask]?.first() || "";
  /** Whether the result that is there was made from the picture that is there. */
  const isOfPicture = () => (pictureFields[picture]?.paths() || []).includes(shownResult(result).original?.path);

  const action = (words, act) => {
    const button = make("button", { type: "button", class: "omni-small" }, words);
    button.addEventListener("click", act);
    return button;
  };

  const draw = async () => {
    const [under, over] = [address(), maskAddress()];
    const key = `${under} ${over}`;
    if (drawn === key) return;
    drawn = key;
    let parts = [make("img", { src: under, alt: "", draggable: "false" })];
    if (over) {
      try {
        const { drawMasked } = await import("../../widgets/pictures/brush.js");
        parts = await drawMasked(under, over);
      } catch { /* a mask that cannot be shown: its field says so */ }
    }
    if (drawn !== key) return;
    parts[0].alt = over ? "Your picture, with the mask over it" : "Your picture";
    const frame = make("div", { class: "omni-input-frame" }, ...parts);
    const fit = () => { if (parts[0].naturalHeight) frame.style.setProperty("--shape", parts[0].naturalWidth / parts[0].naturalHeight); };
    if (parts[0].complete) fit();
    else parts[0].addEventListener("load", fit);
    view.replaceChildren(frame);
  };

  const show = () => {
    const before = document.activeElement;
    const held = actions.contains(before);
    const hasResult = shownResult(result).count > 0;
    const seen = Boolean(address()) && (brush || (chosen || (hasResult && isOfPicture() ? "result" : "picture")) === "picture" || !hasResult);
    box.hidden = !seen;
    if (!address()) { drawn = ""; view.replaceChildren(); brush?.cancel(); }
    if (!seen) {
      if (held) byId(`${tab}-run`)?.focus({ preventScroll: true }); // the result stands in its place
      return;
    }
    draw();
    actions.hidden = Boolean(brush);
    actions.replaceChildren(action(maskAddress() ? "Change the mask" : "Paint the area", paint));
    if (maskAddress()) actions.append(action("Remove the mask", () => { pictureFields[mask].clear(); actions.querySelector("button").focus(); }));
    if (hasResult) actions.append(action("Show the result", () => { chosen = "result"; show(); }));
    if (held && !actions.contains(document.activeElement)) actions.querySelector("button")?.focus({ preventScroll: true });
  };

  const paint = async () => {
    if (brush || !address()) return;
    chosen = "picture";
    show(); // what is hidden cannot take the focus
    const { openBrush } = await import("../../widgets/pictures/brush.js");
    brush = await openBrush(address(), maskAddress() || undefined, box);
    show();
    box.scrollIntoView({ block: "nearest" });
    const painted = await brush.done;
    brush = null;
    show();
    actions.querySelector("button")?.focus({ preventScroll: true });
    if (painted) await pictureFields[mask].add([new File([painted], "mask.png", { type: "image/png" })]);
  };
  stages[picture] = { paint };

  // What is painted counts when Run is pressed, also before "Use mask" was.
  document.addEventListener("click", async (event) => {
    const run = event.target.closest?.(`#${tab}-run`);
    if (!run || !brush?.isChanged()) return;
    event.preventDefault();
    event.stopPropagation();
    const arrived = new Promise((resolve) => {
      const hear = ({ detail }) => { if (detail === mask) { document.removeEventListener("omni-pictures", hear); resolve(); } };
      document.addEventListener("omni-pictures", hear);
    });
    brush.use();
    await arrived;
    run.click();
  }, { capture: true });

  let paths = "";
  document.addEventListener("omni-pictures", ({ detail }) => {
    if (![picture, mask].includes(detail)) return;
    const now = pictureFields[picture]?.paths()[0] || "";
    if (now !== paths) { chosen = ""; brush?.cancel(); }
    paths = now;
    show();
  });
  document.addEventListener("omni-result", ({ detail }) => { if (detail === result) { chosen = ""; show(); } });
  byId(`${tab}-run`)?.addEventListener("click", () => { if (brush && !brush.isChanged()) brush.cancel(); });
  show();
});
