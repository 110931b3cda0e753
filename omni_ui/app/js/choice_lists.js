// Gradio's lists of choices by the keyboard: Enter chooses and leaves the focus where it was, Escape closes the list alone,
// and a list that is left closes: Gradio opens it on any key that it does not know, Tab among them. A long list is no stop
// of the Tab key: browsers make one of what can be scrolled, and the focus was lost with it. The first letters that
// are typed take the place of the choice, as in a list of the browser: they were added to it ("Model defaultbru").
const isChoice = (element) => element?.matches?.("input[role=combobox]");
const isOpen = (field) => field.getAttribute("aria-expanded") === "true";
const close = (field) => field.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));

const keepFocus = (field) => {
  if (document.activeElement !== document.body || !field.isConnected) return;
  field.focus({ preventScroll: true }); // which opens the list once more
  close(field);
};

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!event.isTrusted || !isChoice(field)) return;
  if (event.key === "Enter") setTimeout(() => keepFocus(field));
  if (event.key === "Escape" && isOpen(field)) event.preventDefault(); // it would stop a run
  if (event.key === "Tab") {
    event.stopPropagation(); // it would open
    for (const list of document.querySelectorAll("[role=listbox]")) list.tabIndex = -1; // also one that is fading away
    if (isOpen(field)) close(field);
  }
}, { capture: true });

let chosen = null; // { field, value }: the choice that stood in the field when it was reached, until it is edited
document.addEventListener("focusin", ({ target }) => { chosen = isChoice(target) ? { field: target, value: target.value } : null; });
document.addEventListener("beforeinput", (event) => {
  const field = event.target;
  if (!event.isTrusted || chosen?.field !== field || !event.inputType.startsWith("insert")) return;
  if (field.value === chosen.value) field.select();
  chosen = null;
}, { capture: true });

document.addEventListener("focusout", ({ target }) => {
  if (isChoice(target)) setTimeout(() => { if (target !== document.activeElement && isOpen(target)) close(target); }, 100);
});
