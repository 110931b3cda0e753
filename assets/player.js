// Plays speech while it arrives. An element .omni-listen names a stream of the app; its PCM is scheduled on the audio
// clock behind a small buffer, which grows when the server is slower than speech.
(() => {
  const FIRST_LEAD = 0.06;
  const MOST_LEAD = 4;
  const root = () => (window.gradio_config?.root || location.origin + location.pathname).replace(/\/$/, "");
  let context = null;

  // Browsers let a page sound only after a gesture: open the context with the first click or key.
  const wake = () => {
    context ??= new (window.AudioContext || window.webkitAudioContext)({ latencyHint: "interactive" });
    if (context.state === "suspended") context.resume();
    return context;
  };
  document.addEventListener("click", wake, { capture: true });
  document.addEventListener("keydown", wake, { capture: true });

  class Stream {
    constructor(element) {
      this.rate = Number(element.dataset.rate);
      this.channels = Number(element.dataset.channels) || 1;
      this.ticket = element.dataset.ticket;
      this.lead = FIRST_LEAD;
      this.until = 0; // audio-clock time up to which sound is scheduled
      this.held = []; // buffers waiting for the lead
      this.heldSeconds = 0;
      this.sources = new Set();
      this.stats = { asked: performance.now(), firstByte: null, firstSound: null, gaps: [], seconds: 0, done: false };
      this.abort = new AbortController();
      this.run();
    }

    async run() {
      try {
        const answer = await fetch(`${root()}/omni/listen/${this.ticket}`, { signal: this.abort.signal });
        if (!answer.ok) return;
        const reader = answer.body.getReader();
        let rest = new Uint8Array(0);
        const frame = 2 * this.channels;
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          this.stats.firstByte ??= performance.now();
          const bytes = new Uint8Array(rest.length + value.length);
          bytes.set(rest);
          bytes.set(value, rest.length);
          const whole = bytes.length - (bytes.length % frame);
          rest = bytes.slice(whole);
          if (whole) this.take(new Int16Array(bytes.buffer.slice(0, whole)));
        }
        this.flush();
      } catch (error) {
        if (error.name !== "AbortError") console.warn("speech stream ended early", error);
      }
      this.stats.done = true;
    }

    take(samples) {
      const frames = samples.length / this.channels;
      const buffer = wake().createBuffer(this.channels, frames, this.rate);
      for (let channel = 0; channel < this.channels; channel++) {
        const data = buffer.getChannelData(channel);
        for (let i = 0; i < frames; i++) data[i] = samples[i * this.channels + channel] / 32768;
      }
      this.stats.seconds += buffer.duration;
      this.held.push(buffer);
      this.heldSeconds += buffer.duration;
      const playing = this.until > context.currentTime;
      if (playing || this.heldSeconds >= (this.stats.firstSound === null ? FIRST_LEAD / 2 : this.lead)) this.flush();
    }

    flush() {
      for (const buffer of this.held) {
        const now = context.currentTime;
        if (this.until < now) {
          if (this.stats.firstSound !== null) {
            // It ran dry: hold back more from now on, so that it does not stutter.
            this.stats.gaps.push(now - this.until);
            this.lead = Math.min(MOST_LEAD, Math.max(0.25, this.lead * 2));
          }
          this.until = now + (this.stats.firstSound === null ? FIRST_LEAD : 0.02);
        }
        const source = context.createBufferSource();
        source.buffer = buffer;
        source.connect(context.destination);
        source.start(this.until);
        this.sources.add(source);
        source.onended = () => this.sources.delete(source);
        this.stats.firstSound ??= performance.now() + 1000 * (this.until - now);
        this.until += buffer.duration;
      }
      this.held = [];
      this.heldSeconds = 0;
    }

    stop() {
      this.abort.abort();
      for (const source of this.sources) source.stop();
      this.sources.clear();
    }
  }

  const streams = new Map();
  const look = () => {
    const present = new Set();
    for (const element of document.querySelectorAll(".omni-listen[data-ticket]")) {
      present.add(element.dataset.ticket);
      if (!streams.has(element.dataset.ticket)) streams.set(element.dataset.ticket, new Stream(element));
    }
  };
  new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("click", (event) => {
    const id = event.target.closest?.("button")?.id || "";
    if (id.endsWith("-stop") || id.endsWith("-run")) for (const stream of streams.values()) stream.stop();
  });
  window.omniAudio = { streams, stop: () => streams.forEach((stream) => stream.stop()) };
})();
