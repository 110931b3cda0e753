// When what has the focus is taken away, as an upload area that a file has filled, its block keeps the focus of the keyboard.
const REST = 150; // ms: whoever takes something away mostly moves the focus by itself
let held = null; // { element, block }: what the keyboard reached last

document.addEventListener("focusin", ({ target }) => {
  const block = target.closest?.(".block[id]");
  held = block && target.matches(":focus-visible") ? { element: target, block } : null;
});

const nextIn = (block) => [...block.querySelectorAll("button, input, textarea, select, [tabindex='0']")].find((element) => !element.disabled && element.checkVisibility({ visibilityProperty: true }));
const keep = ({ block }) => {
  if (document.activeElement === document.body && block.isConnected) nextIn(block)?.focus({ preventScroll: true });
};
new MutationObserver(() => {
  if (!held || held.element.isConnected) return;
  setTimeout(keep, REST, held);
  held = null;
}).observe(document.documentElement, { childList: true, subtree: true });
