// The row of actions below a result is one line: where the window is too narrow for it, "→ Edit" and its like go into "More".
// A phone's row is swiped instead.

const PHONE = "(max-width: 600px)";
const OUT = "data-out"; // in "More" for want of room

/** Takes the last ones out until the rest fits. fits: whether it does now. */
export const takeOut = (buttons, fits, mark) => {
  for (const button of buttons) mark(button, false);
  for (const button of [...buttons].reverse()) {
    if (fits()) return;
    mark(button, true);
  }
};

const fitRow = (place) => {
  const row = place.querySelector(".prose");
  if (!row?.clientWidth) return; // in a tab that is closed
  const buttons = [...row.querySelectorAll(".omni-send button:not(.omni-rest)")];
  const mark = (button, out) => button.toggleAttribute(OUT, out);
  if (matchMedia(PHONE).matches) return buttons.forEach((button) => mark(button, false));
  if (getComputedStyle(row).flexWrap === "wrap") return; // all of it is asked for, or something is said in it
  takeOut(buttons, () => row.scrollWidth <= row.clientWidth, mark);
};

/** place: the component in which the row comes. */
export const keepInOneRow = (place) => {
  if (!place) return;
  new ResizeObserver(() => fitRow(place)).observe(place);
  new MutationObserver(() => fitRow(place)).observe(place, { childList: true, subtree: true, characterData: true });
};
