// WAV files of 16 bit samples.

/** The 44 bytes before the samples. bytes: of all samples; rate: frames a second. */
export const wavHeader = (bytes, rate, channels) => {
  const view = new DataView(new ArrayBuffer(44));
  const write = (at, letters) => [...letters].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
  write(0, "RIFF");
  view.setUint32(4, 36 + bytes, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, channels, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * channels * rate, true);
  view.setUint16(32, 2 * channels, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, bytes, true);
  return view.buffer;
};

/** A mono WAV file of samples from -1 to 1; louder ones are clipped. */
export const encodeWav = (samples, rate) => {
  const file = new Uint8Array(44 + 2 * samples.length);
  file.set(new Uint8Array(wavHeader(2 * samples.length, rate, 1)));
  const view = new DataView(file.buffer);
  samples.forEach((sample, i) => view.setInt16(44 + 2 * i, Math.max(-1, Math.min(1, sample)) * 32767, true));
  return file.buffer;
};
