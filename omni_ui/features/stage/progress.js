// What can be known of a run before it is over: how far it is, by the estimate of its time, and the room that its words will take.
const UNITS = { s: 1, min: 60, 秒: 1, 分钟: 60, 分: 60 };

/** The seconds of an estimate such as "about 3 to 5 s, from 7 runs like this": the most that it names, 0 without one. */
export const secondsOf = (words) => {
  const [, number, unit] = /([\d.]+)\s*(min|s|秒|分钟|分)/.exec(words) || [];
  return number ? Number(number) * UNITS[unit] : 0;
};

/** The part of the bar that is full: it never says that a run is over which is not. */
export const shareOf = (seconds, expected) => (expected && seconds >= 0 ? Math.min(0.97, seconds / expected) : 0);

// --- The words of a speech, below it (omni_ui/features/speech/speech.css)
const WIDE = 7.5; // px: an average letter
const LINE = 27;
const TALLEST = 220; // from there on it scrolls
const AROUND = 72; // its head and its edges
const LONG = 600; // characters from which a text may be spoken by parts, which are listed instead

/** letters: how many. width: px of what it stands in. As a length of CSS; "" where nothing is known. */
export const roomForWords = (letters, width) => {
  if (!letters || letters >= LONG) return "";
  const lines = Math.ceil((letters * WIDE) / Math.max(200, width - 24));
  return `${Math.min(TALLEST, lines * LINE) + AROUND}px`;
};
