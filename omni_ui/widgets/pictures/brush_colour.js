// The colour of the brush: of a few strong ones, the one that is least like what it is painted over.

export const COLOURS = ["#e5484d", "#ff2fd0", "#00b4ff", "#1fd655", "#ffd400", "#7a3cff"];

/** [red, green, blue], 0 to 255, of "#rrggbb". */
export const partsOf = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

const linear = (part) => (part <= 10.31475 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
/** Oklab (https://bottosson.github.io/posts/oklab/), in which equal distances look equally large. */
const toOklab = (red, green, blue) => {
  const [r, g, b] = [red, green, blue].map(linear);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
};

/** pixels: RGBA, four bytes each. The colour that still differs most from the tenth of them that is most like it. */
export const brushColour = (pixels) => {
  const seen = [];
  for (let at = 0; at + 3 < pixels.length; at += 4) seen.push(toOklab(pixels[at], pixels[at + 1], pixels[at + 2]));
  if (!seen.length) return COLOURS[0];
  const difference = (colour) => {
    const [l, a, b] = toOklab(...partsOf(colour));
    const distances = seen.map((pixel) => Math.hypot(pixel[0] - l, pixel[1] - a, pixel[2] - b)).sort((x, y) => x - y);
    return distances[Math.floor(distances.length / 10)];
  };
  return COLOURS.map((colour) => [difference(colour), colour]).reduce((best, next) => (next[0] > best[0] ? next : best))[1];
};
