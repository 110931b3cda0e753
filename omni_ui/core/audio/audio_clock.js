// The audio clock of the page, on which all speech is put.

/** `context` is null until something may sound. */
export const audio = { context: null };

// Browsers let a page sound only after a gesture: open it with the first click or key.
export const wake = () => {
  audio.context ??= new (window.AudioContext || window.webkitAudioContext)({ latencyHint: "interactive" });
  if (audio.context.state === "suspended") audio.context.resume();
  return audio.context;
};
// Only where something will sound: opening it takes a tenth of a second.
const gesture = (event) => { if (event.target.closest?.("#chat-tab, #speech-tab")) wake(); };
document.addEventListener("click", gesture, { capture: true });
document.addEventListener("keydown", gesture, { capture: true });
