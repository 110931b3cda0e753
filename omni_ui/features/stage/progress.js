// How far a run is, by the estimate of its time.
const UNITS = { s: 1, min: 60, 秒: 1, 分钟: 60, 分: 60 };

/** The seconds of an estimate such as "about 3 to 5 s, from 7 runs like this": the most that it names, 0 without one. */
export const secondsOf = (words) => {
  const [, number, unit] = /([\d.]+)\s*(min|s|秒|分钟|分)/.exec(words) || [];
  return number ? Number(number) * UNITS[unit] : 0;
};

/** The part of the bar that is full: it never says that a run is over which is not. */
export const shareOf = (seconds, expected) => (expected && seconds >= 0 ? Math.min(0.97, seconds / expected) : 0);
