// Hears from the loudness of 20 ms frames that somebody begins to speak, over the noise of the room.
const FLOOR = 0.015; // loudness below which nothing is speech
const OVER_NOISE = 4; // how many times louder than the room speech is
const FRAMES = 3; // loud frames in a row: 60 ms, so that silence follows within 100 ms
const ADAPT = 0.05; // how fast the noise of the room is learnt

export class SpeechDetector {
  constructor() {
    this.noise = FLOOR / OVER_NOISE;
    this.loud = 0;
    this.speaking = false;
  }

  /** True for the frame with which speech begins. */
  feed(loudness) {
    const isLoud = loudness > Math.max(FLOOR, this.noise * OVER_NOISE);
    if (!isLoud) this.noise = Math.min(loudness, this.noise + ADAPT * (loudness - this.noise));
    this.loud = isLoud ? Math.min(this.loud + 1, 25) : Math.max(this.loud - 1, 0);
    const began = !this.speaking && this.loud >= FRAMES;
    if (began) this.speaking = true;
    else if (this.loud === 0) this.speaking = false;
    return began;
  }
}
