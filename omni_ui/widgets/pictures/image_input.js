// Fields for pictures (omni_ui/widgets/pictures/image_input.py): choose, drop, paste, put in order, remove, paint a mask.
// The value is a list of Gradio's file data. What the app saw in each comes through a second component (image_checks).
import { defineComponent } from "../../core/js/components.js";
import { appRoot, make } from "../../core/js/dom.js";
import { pictureFields as fields, stages } from "./picture_fields.js";

const checks = {}; // by elem_id of a field: what the app saw last; it may come before the field's script begins

defineComponent("image_input", ({ element, props, watch, upload, options: { several, paintOver, wholeTab } }) => {
  const id = element.parentElement.closest("[id]").id;
  const box = element.querySelector(".omni-pictures");
  const list = box.querySelector(".omni-thumbs");
  const input = box.querySelector("input[type=file]");
  const notes = box.querySelector(".omni-picture-notes");
  let waiting = 0;
  let failures = [];
  let dragged = null;
  const added = new Map(); // by the path of a picture that was added here: what the field held before it

  const value = () => (Array.isArray(props.value) ? props.value : props.value ? [props.value] : []);
  let looked = checks[id] || { seen: [], most: null };
  const about = (item) => looked.seen.find((entry) => entry.of === item.path);
  const name = (item) => item.orig_name || item.path.split("/").pop();
  const set = (items) => { props.value = items; show(); };
  const move = (from, to) => {
    const items = value().slice();
    if (to < 0 || to >= items.length || from === to) return;
    items.splice(to, 0, items.splice(from, 1)[0]);
    set(items);
  };

  const add = async (files) => {
    const chosen = [...files].slice(0, several ? undefined : 1);
    if (!chosen.length) return;
    failures = [];
    waiting += chosen.length;
    show();
    for (const file of chosen) {
      try {
        const { path, url } = await upload(file);
        const item = { path, url, orig_name: file.name, size: file.size, mime_type: file.type, meta: { _type: "gradio.FileData" } };
        added.set(path, value());
        set(several ? [...value(), item] : [item]);
      } catch (error) {
        failures.push(`${file.name} could not be uploaded: ${error.message || error}. Try again, or a smaller file.`);
      }
      waiting -= 1;
      show();
    }
  };

  /** They are offered, since whoever drops a picture here wants it changed. */
  const loadSettings = (item) => {
    const load = make("button", { type: "button", class: "omni-small" }, "Load settings");
    load.addEventListener("click", () => document.dispatchEvent(new CustomEvent("omni-open-settings", { detail: item })));
    return load;
  };

  /** Takes out what was added here and cannot be used: the field is as it was before, and says why. */
  const refuse = () => {
    for (const item of value()) {
      const wrong = added.has(item.path) && about(item)?.wrong;
      if (!wrong) continue;
      failures.push(wrong);
      const before = added.get(item.path);
      added.delete(item.path);
      set(several ? value().filter((other) => other.path !== item.path) : before);
    }
  };

  const button = (words, label, act, disabled = false) => {
    const element = make("button", { type: "button", "aria-label": label, title: label }, words);
    element.disabled = disabled;
    element.addEventListener("click", act);
    return element;
  };

  const thumb = (item, at, items) => {
    const seen = about(item);
    const row = make("li", { "data-path": item.path });
    const image = make("img", { src: seen?.path && seen.path !== item.path ? `${appRoot()}/gradio_api/file=${seen.path}` : item.url, alt: name(item) });
    image.addEventListener("error", () => image.classList.add("omni-no-preview"));
    row.append(image);
    if (seen?.wrong) row.classList.add("omni-wrong");
    const size = seen?.width ? `${seen.width} × ${seen.height}` : "";
    row.append(make("span", { class: "omni-thumb-size" }, several && items.length > 1 ? `${at + 1}. ${size}` : size));
    const tools = make("span", { class: "omni-thumb-tools" });
    if (several && items.length > 1) {
      tools.append(button("←", `Move ${name(item)} forward`, () => { move(at, at - 1); focus(at - 1, 0); }, at === 0));
      tools.append(button("→", `Move ${name(item)} back`, () => { move(at, at + 1); focus(at + 1, 1); }, at === items.length - 1));
    }
    tools.append(button("×", `Remove ${name(item)}`, () => {
      set(value().filter((_, place) => place !== at));
      if (value().length) focus(Math.min(at, value().length - 1), -1);
      else input.focus();
    }));
    row.append(tools);
    if (several) {
      row.draggable = true;
      row.addEventListener("dragstart", (event) => { dragged = at; event.dataTransfer.effectAllowed = "move"; });
      row.addEventListener("dragover", (event) => { if (dragged !== null) event.preventDefault(); });
      row.addEventListener("drop", (event) => {
        if (dragged === null) return;
        event.preventDefault();
        event.stopPropagation();
        move(dragged, at);
        dragged = null;
      });
      row.addEventListener("dragend", () => { dragged = null; });
    }
    return row;
  };
  const focus = (at, tool) => {
    const tools = [...list.children[at].querySelectorAll("button")];
    const wanted = tools.at(tool);
    (wanted.disabled ? tools.at(-1) : wanted).focus();
  };

  const show = () => {
    const items = value();
    const signature = JSON.stringify([items, looked]);
    if (list.dataset.signature !== signature) {
      list.dataset.signature = signature;
      // The pictures are drawn anew when the app has looked at them: the focus stays with its button.
      const held = list.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
      list.replaceChildren(...items.map(thumb));
      if (held) [...list.querySelectorAll("button")].find((button) => button.getAttribute("aria-label") === held)?.focus();
      queueMicrotask(() => document.dispatchEvent(new CustomEvent("omni-pictures", { detail: id })));
    }
    list.hidden = !items.length;
    const most = several ? looked.most : null;
    const lines = [];
    if (waiting) lines.push([`Uploading ${waiting === 1 ? "a picture" : `${waiting} pictures`}`, ""]);
    for (const failure of failures) lines.push([failure, "omni-bad"]);
    for (const item of items) {
      const seen = about(item);
      if (seen?.wrong) lines.push([seen.wrong, "omni-bad"]);
      else if (seen?.note) lines.push([seen.note, ""]);
      if (seen?.settings) lines.push([`${name(item)} has settings inside.`, "", item]);
    }
    if (most && items.length > most) {
      lines.push([`This model accepts ${most === 1 ? "one picture" : `${most} pictures`}: remove ${items.length - most}.`, "omni-bad"]);
    }
    const said = JSON.stringify(lines);
    if (notes.dataset.said !== said) {
      notes.dataset.said = said;
      notes.replaceChildren(...lines.map(([words, kind, holder]) => make("p", kind ? { class: kind } : {}, words, holder ? loadSettings(holder) : null)));
    }
  };

  /** A picture that is dropped on the tab, where nothing else takes it, goes to this field. */
  const takeFromTab = () => {
    const tab = box.closest(".tabitem");
    const isFree = (event) => !event.defaultPrevented && event.dataTransfer?.types.includes("Files")
      && !event.target.closest(".omni-presets") && !event.target.closest(".block")?.querySelector("input[type=file]");
    const mark = (on) => { box.classList.toggle("omni-over", on); tab.classList.toggle("omni-over-tab", on); };
    tab.addEventListener("dragover", (event) => { if (isFree(event)) { event.preventDefault(); mark(true); } });
    tab.addEventListener("dragleave", (event) => { if (!tab.contains(event.relatedTarget)) mark(false); });
    tab.addEventListener("drop", (event) => {
      mark(false);
      const pictures = isFree(event) ? [...event.dataTransfer.files].filter((file) => file.type.startsWith("image/")) : [];
      if (!pictures.length) return;
      event.preventDefault();
      add(pictures);
    });
  };
  if (wholeTab) takeFromTab();

  input.addEventListener("change", () => { const files = [...input.files]; input.value = ""; add(files); });
  box.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    box.classList.add("omni-over");
  });
  box.addEventListener("dragleave", () => box.classList.remove("omni-over"));
  box.addEventListener("drop", (event) => {
    box.classList.remove("omni-over");
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    add(event.dataTransfer.files);
  });
  box.querySelector(".omni-paint")?.addEventListener("click", async () => {
    const under = fields[paintOver]?.first();
    if (!under) {
      failures = [fields[paintOver]?.missing || "Add a picture first, then paint the area to change."];
      show();
      return;
    }
    if (stages[paintOver]) return stages[paintOver].paint();
    const { openBrush } = await import("./brush.js");
    const painted = await (await openBrush(under, value()[0]?.url)).done;
    if (painted) add([new File([painted], "mask.png", { type: "image/png" })]);
  });
  watch("value", show);
  fields[id] = {
    box,
    several,
    add,
    tell: (news) => { looked = news; refuse(); show(); },
    /** The address of the first picture as it will be sent. */
    first: () => list.querySelector("li:not(.omni-wrong) img")?.src,
    /** The paths of the first picture: as it came, and as it will be sent. */
    paths: () => value().slice(0, 1).flatMap((item) => [item.path, about(item)?.path].filter(Boolean)),
    clear: () => set([]),
    wholeTab,
    /** Puts a file that the app already has in the place of the first picture. */
    replaceFirst: (item) => set([item, ...value().slice(1)]),
  };
  show();
});

/** What the app saw in the pictures of the field whose id is this element's without "-seen". */
defineComponent("image_checks", ({ element, props, watch }) => {
  const field = element.parentElement.closest("[id]").id.replace(/-seen$/, "");
  const tell = () => {
    if (!props.value) return;
    checks[field] = props.value;
    fields[field]?.tell(props.value);
  };
  watch("value", tell);
  tell(); // the app may have answered while this script was loaded
});

// A pasted picture goes to the field that has the focus, else to the first one in view that takes several.
document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files || [])].filter((file) => file.type.startsWith("image/"));
  if (!files.length || event.defaultPrevented) return;
  const seen = Object.values(fields).filter((field) => field.box.isConnected && field.box.offsetParent);
  const wanted = seen.find((field) => field.box.contains(document.activeElement)) || seen.find((field) => field.several);
  if (!wanted) return;
  event.preventDefault();
  wanted.add(files);
});
