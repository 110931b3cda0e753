// Gradio's lists of choices by the keyboard: Enter chooses and leaves the focus where it was, Escape closes the list alone,
// and a list that is left closes: Gradio opens it on any key that it does not know, Tab among them.
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
}, { capture: true });

document.addEventListener("focusout", ({ target }) => {
  if (isChoice(target)) setTimeout(() => { if (target !== document.activeElement && isOpen(target)) close(target); }, 100);
});
