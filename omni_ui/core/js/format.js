// Times, spans and sizes in words.

const HOURS = 43200; // seconds up to which hours say it better than the day: 11 h ago, not yesterday

/** How long ago something was. seconds: since then. now: milliseconds, as of Date.now(). */
export const formatAge = (seconds, now = Date.now()) => {
  if (seconds < 90) return "just now";
  const dayBefore = new Date(now);
  dayBefore.setDate(dayBefore.getDate() - 1); // not 24 h: a day of the change of clocks has 23 or 25
  if (seconds > HOURS && new Date(now - 1000 * seconds).toDateString() === dayBefore.toDateString()) return "yesterday";
  const [size, unit] = seconds < 5400 ? [60, "min"] : seconds < 129600 ? [3600, "h"] : [86400, "days"];
  return `${Math.round(seconds / size)} ${unit} ago`;
};

/** How long something lasts still, roughly. */
export const formatSpan = (seconds) => {
  if (seconds < 60) return "less than a minute";
  const [size, unit] = seconds < 5400 ? [60, "min"] : seconds < 172800 ? [3600, "h"] : [86400, "days"];
  return `${Math.round(seconds / size)} ${unit}`;
};

/** The size of a file. */
export const formatBytes = (bytes) => {
  const [size, unit] = bytes < 1e6 ? [1e3, "kB"] : bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  const number = bytes / size;
  return `${number < 10 && unit !== "kB" ? number.toFixed(1) : Math.round(number)} ${unit}`;
};

/** A position in a sound as minutes and whole seconds: 1:05. */
export const formatMinutes = (seconds) => {
  const rounded = seconds + 0.05; // what is nearly a second counts as one
  return `${Math.floor(rounded / 60)}:${String(Math.floor(rounded % 60)).padStart(2, "0")}`;
};

/** A position with tenths of a second: 1:05.3. */
export const formatTenths = (seconds) => {
  const tenths = Math.round(10 * seconds);
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
};

/** A frequency in Hz or kHz. */
export const formatHertz = (value) => (value >= 1000 ? `${+(value / 1000).toFixed(1)} kHz` : `${value} Hz`);
