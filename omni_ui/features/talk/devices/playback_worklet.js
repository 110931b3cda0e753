// Plays answers: begins with the first piece, and says what was heard of each answer. Where a piece comes too late it
// goes on with the next one, so that the answer is later by what was missed and the same delay makes no second gap.
// Only where pieces go on coming too late does it wait for more of them.
const REFILL = 0.02; // seconds that must have come before it goes on after it ran dry for the first time in an answer
const MOST_REFILL = 0.32; // it doubles each time
const SAID_AFTER = 0.02; // seconds of silence after which the page says so; less is not heard
const REPORT = 0.1; // seconds between two reports of what was heard

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.pieces = []; // { turn, samples, rate }
    this.place = 0; // in the first piece, in its own samples
    this.turn = 0; // that sounds now
    this.heard = 0; // seconds of it
    this.ended = new Set(); // turns of which nothing more will come
    this.drySince = null; // the time at which there was nothing more to play
    this.said = false; // that it is dry
    this.refill = REFILL;
    this.reported = 0;
    this.port.onmessage = ({ data }) => this.take(data);
  }

  take({ type, turn, rate, pcm }) {
    if (type === "sound" && pcm.byteLength) this.pieces.push({ turn, rate, samples: new Int16Array(pcm) });
    else if (type === "end") this.ended.add(turn);
    else if (type === "stop") this.stop();
  }

  stop() {
    this.pieces = [];
    this.place = 0;
    this.report(true);
    this.turn = 0;
    this.drySince = null;
  }

  get waiting() {
    return this.pieces.reduce((sum, piece) => sum + piece.samples.length / piece.rate, 0);
  }

  process(_, [[channel]]) {
    if (this.drySince !== null) this.wait();
    if (this.drySince === null) {
      let filled = 0;
      while (filled < channel.length && this.pieces.length) filled = this.fill(channel, filled);
      if (filled < channel.length && this.turn) this.runDry(filled);
      this.report(false);
    }
    return true;
  }

  /** Silent until enough has come, or nothing more will. */
  wait() {
    const over = this.ended.has(this.turn);
    if (over && !this.pieces.length) this.finish();
    else if (this.pieces.length && (over || this.pieces[0].turn !== this.turn || this.waiting >= this.refill)) this.goOn();
    else if (!this.said && currentTime - this.drySince > SAID_AFTER) {
      this.said = true;
      this.port.postMessage({ type: "dry", turn: this.turn });
    }
  }

  goOn() {
    this.drySince = null;
    this.refill = Math.min(MOST_REFILL, this.refill * 2);
  }

  /** Samples of the first piece at the browser's rate, by straight lines between its own; how far the block is filled. */
  fill(channel, from) {
    const { turn, rate, samples } = this.pieces[0];
    if (turn !== this.turn) this.begin(turn);
    const step = rate / sampleRate;
    const last = samples.length - 1;
    const next = this.pieces[1]?.samples[0] ?? samples[last];
    let [place, i] = [this.place, from];
    for (; i < channel.length && place < samples.length; i += 1) {
      const before = Math.floor(place);
      const value = samples[before];
      const following = before < last ? samples[before + 1] : next;
      channel[i] = (value + (following - value) * (place - before)) / 32768;
      place += step;
    }
    this.heard += (place - this.place) / rate;
    this.place = place;
    if (place >= samples.length) {
      this.place -= samples.length;
      this.pieces.shift();
    }
    return i;
  }

  begin(turn) {
    this.turn = turn;
    this.heard = 0;
    this.refill = REFILL;
    this.ended = new Set([...this.ended].filter((number) => number >= turn));
    this.port.postMessage({ type: "began", turn, at: currentTime });
  }

  runDry(filled) {
    this.report(true);
    if (this.ended.has(this.turn)) {
      this.finish();
      return;
    }
    this.said = false;
    this.drySince = currentTime + filled / sampleRate;
  }

  finish() {
    this.port.postMessage({ type: "over", turn: this.turn });
    this.turn = 0;
    this.drySince = null;
  }

  report(now) {
    if (!this.turn || (!now && currentTime - this.reported < REPORT)) return;
    this.reported = currentTime;
    this.port.postMessage({ type: "heard", turn: this.turn, ms: Math.round(1000 * this.heard) });
  }
}

registerProcessor("omni-playback", Playback);
