// The drawing of a part's waveform.

/** The path of an SVG, 2 units wide for each peak and 100 tall. peaks: from 0 to 100. */
export const waveformPath = (peaks) => peaks.map((peak, i) => {
  const height = Math.max(3, peak * 0.96);
  return `M${2 * i + 0.2} ${50 - height / 2}h1.5v${height}h-1.5z`;
}).join("");
