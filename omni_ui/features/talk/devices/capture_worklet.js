// Takes the microphone's samples and gives them on as 16 kHz, signed 16 bit, 20 ms at a time, with their loudness.
const RATE = 16000;
const FRAME = RATE / 50;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.sum = 0; // of the samples of the browser that make the next one of ours
    this.count = 0;
    this.place = 0; // how far into the next sample of ours we are, in samples of the browser
    this.squares = 0;
    this.muted = false;
    this.port.onmessage = ({ data }) => { this.muted = data.muted; };
  }

  process([input]) {
    const samples = input[0];
    if (!samples) return true;
    const ratio = sampleRate / RATE;
    for (let i = 0; i < samples.length; i += 1) {
      this.sum += samples[i];
      this.count += 1;
      this.place += 1;
      if (this.place < ratio) continue;
      this.place -= ratio;
      this.add(this.sum / this.count);
      this.sum = this.count = 0;
    }
    return true;
  }

  add(sample) {
    const value = this.muted ? 0 : Math.max(-1, Math.min(1, sample));
    this.squares += value * value;
    this.frame[this.filled++] = value * 32767;
    if (this.filled < FRAME) return;
    const pcm = this.frame.buffer;
    this.port.postMessage({ pcm, loudness: Math.sqrt(this.squares / FRAME) }, [pcm]);
    this.frame = new Int16Array(FRAME);
    this.filled = this.squares = 0;
  }
}

registerProcessor("omni-capture", Capture);
