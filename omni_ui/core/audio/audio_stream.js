// Plays speech while it arrives. An element .omni-listen names a stream of the app; its PCM is put on the audio clock
// behind a small buffer, which grows when the server is slower than speech. What has arrived can be played again, also
// when the stream broke off. Measurements of each stream stand on omni.streams for tests.
import { onPush } from "../js/components.js";
import { appRoot } from "../js/dom.js";
import { audio, wake } from "./audio_clock.js";
import { StreamView } from "./stream_view.js";

const FIRST_LEAD = 0.02; // seconds held back before the first sound
const LATER_LEAD = 0.005; // before the next, where the clock has run out: what is late already waits no longer
const ONE_LATE = 0.06; // held back after one piece came late
const MOST_LEAD = 4;
const REST = 100; // ms between two looks for more sound while none comes
let learned = FIRST_LEAD; // what the last stream needed: a slow server is mostly slow again

class Stream extends StreamView {
  constructor(element) {
    super();
    this.rate = Number(element.dataset.rate); // 0 until the sound has begun: the answer says it
    this.channels = Number(element.dataset.channels) || 1;
    this.ticket = element.dataset.ticket;
    this.buffers = []; // all that arrived: {buffer, at}, with `at` in seconds of the speech
    this.next = 0; // the first buffer that is not on the audio clock yet
    this.from = 0; // where playing began or will begin, in seconds of the speech
    this.until = 0; // audio-clock time up to which sound is on the clock
    this.lead = learned;
    this.playing = []; // {source, start, at, end} on the clock
    this.state = "waiting"; // waiting, playing, holding, paused, ended
    this.stats = { asked: performance.now(), firstByte: null, firstSound: null, gaps: [], lead: this.lead, seconds: 0,
                   done: false, failed: false };
    this.rest = new Uint8Array(0); // half a sample
    this.abort = new AbortController();
    this.attach(element);
    this.run();
  }

  async run() {
    try {
      // An answer ends when the sound rests; between two of them the connection is free for others.
      for (let after = 0, news = 0; (news = await this.fetch(after)) >= 0; after += news) {
        if (news === 0) await new Promise((resolve) => setTimeout(resolve, this.rate ? REST : 0));
        if (this.abort.signal.aborted) break;
      }
    } catch (error) {
      this.stats.failed = error.name !== "AbortError";
    }
    this.stats.done = true;
    if (this.stats.gaps.length === 0) learned = Math.max(FIRST_LEAD, this.lead / 2);
    if (this.buffers.length) this.fill();
    else this.state = "ended";
    this.show();
  }

  // Takes what comes after so many bytes; how many came, -1 when all is over.
  async fetch(after) {
    const answer = await fetch(`${appRoot()}/omni/listen/${this.ticket}?after=${after}`, { signal: this.abort.signal });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    if (answer.status === 204) return -1;
    if (!this.rate) [this.rate, this.channels] = answer.headers.get("x-omni-sound").split(" ").map(Number);
    const reader = answer.body.getReader();
    const frame = 2 * this.channels;
    let rest = this.rest, count = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      this.stats.firstByte ??= performance.now();
      const bytes = new Uint8Array(rest.length + value.length);
      bytes.set(rest);
      bytes.set(value, rest.length);
      const whole = bytes.length - (bytes.length % frame);
      rest = bytes.slice(whole);
      count += value.length;
      if (whole) this.take(new Int16Array(bytes.buffer.slice(0, whole)));
    }
    this.rest = rest;
    return count;
  }

  // More samples: kept, and put on the clock unless they are held back.
  take(samples) {
    const frames = samples.length / this.channels;
    const buffer = wake().createBuffer(this.channels, frames, this.rate);
    for (let channel = 0; channel < this.channels; channel++) {
      const data = buffer.getChannelData(channel);
      for (let i = 0; i < frames; i++) data[i] = samples[i * this.channels + channel] / 32768;
    }
    this.buffers.push({ buffer, at: this.stats.seconds });
    this.stats.seconds += buffer.duration;
    this.fill();
  }

  // Puts what has arrived on the clock, once enough of it is there.
  fill() {
    if (this.state === "paused" || !audio.context) return;
    const dry = this.until <= audio.context.currentTime;
    const begun = this.state !== "waiting";
    if (dry) this.emptied();
    if (this.next === this.buffers.length) {
      if (dry && this.stats.done) this.setState("ended");
      return;
    }
    const start = this.buffers[this.next].at;
    const held = this.stats.seconds - Math.max(start, this.from);
    if (dry && !this.stats.done && held < (begun ? this.lead : this.lead / 2)) return;
    if (dry && this.ranDry !== undefined) {
      this.stats.gaps.push(audio.context.currentTime - this.ranDry);
      this.ranDry = undefined;
    }
    while (this.next < this.buffers.length) {
      const { buffer, at } = this.buffers[this.next++];
      const skip = Math.max(0, this.from - at);
      if (skip >= buffer.duration) continue;
      if (this.until <= audio.context.currentTime) this.until = audio.context.currentTime + (begun ? LATER_LEAD : FIRST_LEAD);
      this.sound(buffer, at, skip);
    }
    this.setState("playing");
  }

  sound(buffer, at, skip) {
    const source = audio.context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.meter());
    const piece = { source, start: this.until, at: at + skip, end: at + buffer.duration };
    source.start(this.until, skip);
    this.stats.firstSound ??= performance.now() + 1000 * (this.until - audio.context.currentTime);
    this.until += buffer.duration - skip;
    this.playing.push(piece);
    source.onended = () => {
      const index = this.playing.indexOf(piece);
      if (index < 0) return; // it was taken off the clock
      this.playing.splice(index, 1);
      this.from = piece.end;
      if (this.playing.length === 0) this.emptied();
    };
  }

  // All that was on the clock has been heard.
  emptied() {
    if (this.state !== "playing") return;
    if (this.stats.done && this.next === this.buffers.length) return this.setState("ended");
    // It ran dry: hold more back from now on, so that it does not stutter. The first time one piece may just be late.
    this.ranDry = this.until;
    const more = this.lead > FIRST_LEAD ? Math.max(0.25, this.lead * 2) : ONE_LATE;
    this.lead = learned = this.stats.lead = Math.min(MOST_LEAD, more);
    this.setState("holding");
  }

  meter() {
    if (!this.analyser) {
      this.analyser = audio.context.createAnalyser();
      this.analyser.fftSize = 512;
      this.analyser.connect(audio.context.destination);
    }
    return this.analyser;
  }

  get position() {
    const now = audio.context?.currentTime ?? 0;
    const piece = this.playing.find((each) => now < each.start + (each.end - each.at)) ?? this.playing.at(-1);
    return piece ? Math.min(piece.end, piece.at + Math.max(0, now - piece.start)) : this.from;
  }

  // Takes everything off the clock; `position` stays.
  halt(position = this.position) {
    const playing = this.playing;
    this.playing = [];
    for (const { source } of playing) source.stop();
    this.from = position;
    this.until = 0;
    this.ranDry = undefined;
    this.next = this.buffers.findIndex(({ buffer, at }) => at + buffer.duration > position);
    if (this.next < 0) this.next = this.buffers.length;
  }

  pause() {
    this.halt();
    this.setState("paused");
  }

  play(position = this.state === "ended" ? 0 : this.position) {
    wake();
    this.halt(position);
    this.setState(this.stats.firstSound === null ? "waiting" : "holding");
    this.fill();
  }

  // Silence, and no more bytes; what has arrived can still be played.
  stop() {
    this.abort.abort();
    this.stats.done = true;
    if (this.state !== "ended") this.pause();
  }

  setState(state) {
    if (this.state === state) return;
    this.state = state;
    this.show();
  }
}

export const streams = new Map();
/** Asks for the sound of a run before there is any: its place in the page comes with the first of it. */
onPush("listen", (ticket) => {
  if (streams.has(ticket)) return;
  const place = Object.assign(document.createElement("div"), { className: "omni-listen", hidden: true });
  Object.assign(place.dataset, { ticket, rate: 0, channels: 1 });
  const stream = new Stream(place);
  stream.awaited = true;
  streams.set(ticket, stream);
});
const missing = new Map(); // when a stream's element was last seen to be gone
const look = () => {
  const present = new Map();
  for (const element of document.querySelectorAll(".omni-listen[data-ticket]")) {
    present.set(element.dataset.ticket, element);
    const stream = streams.get(element.dataset.ticket);
    if (stream) stream.awaited = false;
    if (!stream) streams.set(element.dataset.ticket, new Stream(element));
    else if (!element.childElementCount || (stream.element !== element && !stream.element.isConnected)) stream.attach(element);
  }
  for (const [ticket, stream] of streams) {
    if (present.has(ticket) || stream.gone || (stream.awaited && !stream.stats.done)) missing.delete(ticket);
    else if (!missing.has(ticket)) {
      // A page that is drawn anew takes it out for a moment; one that is gone falls silent and is forgotten.
      missing.set(ticket, setTimeout(() => {
        if (missing.delete(ticket) && !document.querySelector(`.omni-listen[data-ticket="${ticket}"]`)) {
          stream.stop();
          stream.gone = true;
          stream.buffers = [];
        }
      }, 1000));
    }
  }
};
new MutationObserver((changes) => {
  if (changes.some((change) => !change.target.closest?.(".omni-listen[data-state]"))) look();
}).observe(document.documentElement, { childList: true, subtree: true });
/** Silences every stream that plays. */
export const stopStreams = () => { for (const stream of streams.values()) if (stream.busy) stream.stop(); };
document.addEventListener("click", (event) => {
  const id = event.target.closest?.("button")?.id || "";
  if (id.endsWith("-stop") || id.endsWith("-run")) stopStreams();
});
window.omni.streams = streams;
