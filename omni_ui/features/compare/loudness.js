// How loud sounds are, and how they are made equally loud.
const SILENCE = 1e-6; // mean square of -60 dB: pauses of speech would make it seem quieter than it is
const BLOCK = 0.05; // seconds

/** How loud a decoded sound is: RMS of what is not silence, in dB of full scale; null for silence. */
export const loudness = (sound) => {
  const size = Math.max(1, Math.round(sound.sampleRate * BLOCK));
  const lanes = Array.from({ length: sound.numberOfChannels }, (_, lane) => sound.getChannelData(lane));
  let sum = 0;
  let count = 0;
  for (let from = 0; from < sound.length; from += size) {
    const to = Math.min(sound.length, from + size);
    let squares = 0;
    for (const lane of lanes) for (let at = from; at < to; at += 1) squares += lane[at] * lane[at];
    const many = (to - from) * lanes.length;
    if (squares / many < SILENCE) continue;
    sum += squares;
    count += many;
  }
  return count ? 10 * Math.log10(sum / count) : null;
};

/** The gain of each side that makes it as loud as the quieter one. Nothing is made louder: that could clip. */
export const matchGains = (levels) => {
  const measured = levels.filter((level) => level !== null);
  return levels.map((level) => (level === null || measured.length < 2 ? 1 : 10 ** ((Math.min(...measured) - level) / 20)));
};

/** In words. sides: two of { name, level }; hidden: how far apart they are is not said. */
export const describeLoudness = (sides, hidden) => {
  const silent = sides.filter((side) => side.level === null).map((side) => side.name);
  if (silent.length === 2) return "Neither has sound.";
  if (silent.length) return `${silent.join(", ")} is silent, so loudness was not matched.`;
  if (hidden) return "Both are played equally loud.";
  const [louder, quieter] = sides[0].level >= sides[1].level ? sides : [sides[1], sides[0]];
  const apart = louder.level - quieter.level;
  if (apart < 0.05) return "Both are equally loud.";
  return `${louder.name} is ${apart.toFixed(1)} dB louder than ${quieter.name}, so it is played ${apart.toFixed(1)} dB more quietly.`;
};
