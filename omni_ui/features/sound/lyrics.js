// The tags and the length of lyrics (omni_ui/features/sound/lyrics.py).
import { defineComponent } from "../../core/js/components.js";
import { translate } from "../../core/js/language.js";
import { sizeOf, withTag } from "./lyrics_text.js";

defineComponent("lyrics", ({ element, options: { field } }) => {
  const note = element.querySelector("[role=status]");
  const text = () => document.querySelector(`#${field} textarea`);
  const count = () => {
    const { lines, shortest, longest } = sizeOf(text()?.value ?? "");
    note.textContent = lines ? translate(`${lines} lines, about ${shortest} to ${longest} s`) : "";
  };
  element.addEventListener("click", (event) => {
    const tag = event.target.closest("[data-tag]")?.dataset.tag;
    const area = text();
    if (!tag || !area) return;
    const changed = withTag(area.value, area.selectionStart, tag);
    area.value = changed.text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
    area.setSelectionRange(changed.cursor, changed.cursor);
    count();
  });
  document.getElementById(field)?.addEventListener("input", count);
  new MutationObserver(count).observe(element, { attributes: true });
  count();
});
