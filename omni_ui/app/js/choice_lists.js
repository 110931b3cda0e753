// Gradio's lists of choices by the keyboard: Enter chooses and leaves the focus where it was, Escape closes the list alone.
const isChoice = (element) => element?.matches?.("input[role=combobox]");

const keepFocus = (field) => {
  if (document.activeElement !== document.body || !field.isConnected) return;
  field.focus({ preventScroll: true }); // which opens the list once more
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
};

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!event.isTrusted || !isChoice(field)) return;
  if (event.key === "Enter") setTimeout(() => keepFocus(field));
  if (event.key === "Escape" && field.getAttribute("aria-expanded") === "true") event.preventDefault(); // it would stop a run
}, { capture: true });
