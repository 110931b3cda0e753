// A recording of a voice, as the models want it that answer in a voice they are given: WAV, mono, 16 kHz.
import { toBase64 } from "../../../core/js/base64.js";
import { encodeWav } from "../../../core/audio/wav.js";

const RATE = 16000;
const LONGEST = 30; // seconds; models listen to some ten of them
const LARGEST_FILE = 50_000_000; // bytes

/** Channels as one. */
export const mono = (channels) => channels[0].map((_, i) => channels.reduce((sum, channel) => sum + channel[i], 0) / channels.length);

/** The recording as base64 of a WAV file, cut after 30 s. Rejects with a sentence when it cannot be read. */
export const readVoice = async (file) => {
  if (file.size > LARGEST_FILE) throw new Error("The voice sample is too large: 30 seconds are enough.");
  let sound;
  try {
    sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await file.arrayBuffer());
  } catch {
    throw new Error("This browser cannot read the voice sample: choose a WAV or MP3 file.");
  }
  const channels = Array.from({ length: sound.numberOfChannels }, (_, i) => sound.getChannelData(i).subarray(0, LONGEST * RATE));
  return toBase64(encodeWav(mono(channels), RATE));
};
