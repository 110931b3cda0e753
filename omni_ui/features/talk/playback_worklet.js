// Plays answers: begins with the first piece, waits a moment after it ran dry, and says what was heard of each answer.
const REFILL = 0.08; // seconds that must have come before it goes on after it ran dry
const REPORT = 0.1; // seconds between two reports of what was heard

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.pieces = []; // { turn, samples, rate }
    this.place = 0; // in the first piece, in its own samples
    this.turn = 0; // that sounds now
    this.heard = 0; // seconds of it
    this.ended = new Set(); // turns of which nothing more will come
    this.dry = false;
    this.reported = 0;
    this.port.onmessage = ({ data }) => this.take(data);
  }

  take({ type, turn, rate, pcm }) {
    if (type === "sound") this.pieces.push({ turn, rate, samples: new Int16Array(pcm) });
    else if (type === "end") this.ended.add(turn);
    else if (type === "stop") this.stop();
  }

  stop() {
    this.pieces = [];
    this.place = 0;
    this.report(true);
    this.turn = 0;
    this.dry = false;
  }

  get waiting() {
    return this.pieces.reduce((sum, piece) => sum + piece.samples.length / piece.rate, 0);
  }

  process(_, [output]) {
    const channel = output[0];
    if (this.dry && this.pieces.length) {
      this.dry = this.waiting < REFILL && !this.ended.has(this.pieces[0].turn);
    }
    for (let i = 0; i < channel.length; i += 1) channel[i] = this.dry ? 0 : this.next();
    for (const other of output.slice(1)) other.set(channel);
    this.report(false);
    return true;
  }

  /** The next sample at the browser's rate, by straight lines between those of the piece. */
  next() {
    const piece = this.pieces[0];
    if (!piece) {
      this.runDry();
      return 0;
    }
    if (piece.turn !== this.turn) this.begin(piece.turn);
    const before = Math.floor(this.place);
    const following = piece.samples[before + 1] ?? this.pieces[1]?.samples[0] ?? piece.samples[before];
    const value = piece.samples[before] + (following - piece.samples[before]) * (this.place - before);
    const step = piece.rate / sampleRate;
    this.place += step;
    this.heard += step / piece.rate;
    if (this.place >= piece.samples.length) {
      this.place -= piece.samples.length;
      this.pieces.shift();
    }
    return value / 32768;
  }

  begin(turn) {
    this.turn = turn;
    this.heard = 0;
    this.port.postMessage({ type: "began", turn, at: currentTime });
  }

  runDry() {
    if (!this.turn || this.dry) return;
    this.report(true);
    if (this.ended.has(this.turn)) {
      this.port.postMessage({ type: "over", turn: this.turn });
      this.turn = 0;
    } else {
      this.dry = true;
      this.port.postMessage({ type: "dry", turn: this.turn });
    }
  }

  report(now) {
    if (!this.turn || (!now && currentTime - this.reported < REPORT)) return;
    this.reported = currentTime;
    this.port.postMessage({ type: "heard", turn: this.turn, ms: Math.round(1000 * this.heard) });
  }
}

registerProcessor("omni-playback", Playback);
