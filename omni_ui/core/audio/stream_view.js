// What is seen of a stream of speech: its button, place, level and note (audio_stream.js plays it).
import { formatMinutes } from "../js/format.js";
import { audio } from "./audio_clock.js";

/** Needs what a stream knows: state, stats, buffers, lead, position, analyser, and play, pause, stop, halt. */
export class StreamView {
  attach(element) {
    this.element = element;
    const make = (tag, className, more = {}) => {
      const part = Object.assign(document.createElement(tag), { className, ...more });
      element.append(part);
      return part;
    };
    element.replaceChildren();
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", "Speech as it arrives");
    this.button = make("button", "omni-listen-play", { type: "button" });
    this.button.addEventListener("click", () => (this.busy ? this.pause() : this.play()));
    this.end = make("button", "omni-listen-stop", { type: "button", textContent: "Stop" });
    this.end.setAttribute("aria-label", "Stop the sound");
    this.end.addEventListener("click", () => { this.stop(); this.halt(0); this.show(); this.button.focus(); });
    this.slider = make("input", "omni-listen-at", { type: "range", min: 0, max: 0, step: 0.1, value: 0 });
    this.slider.setAttribute("aria-label", "Position");
    this.slider.addEventListener("input", () => {
      const position = Number(this.slider.value);
      if (this.busy || this.state === "ended") return this.play(position);
      this.halt(position);
    });
    this.level = make("span", "omni-listen-level");
    this.level.setAttribute("aria-hidden", "true");
    this.level.append(document.createElement("i"));
    this.time = make("span", "omni-listen-time");
    this.note = make("span", "omni-listen-note omni-quiet");
    this.show();
  }

  get busy() {
    return this.state === "waiting" || this.state === "playing" || this.state === "holding";
  }

  show() {
    const silent = audio.context?.state === "suspended";
    this.element.dataset.state = this.state;
    const does = this.busy && !silent ? "Pause" : this.state === "ended" ? "Play again" : "Play";
    if (this.button.textContent !== does) this.button.textContent = does;
    this.end.disabled = !this.busy;
    this.slider.disabled = !this.buffers.length;
    this.slider.max = this.stats.seconds.toFixed(1);
    const note = this.stats.failed ? "The sound was cut off; what arrived can be played."
      : silent ? "Press Play to hear it."
      : this.state === "waiting" ? "Waiting for the first sound"
      : this.state === "holding" && !this.stats.done
        ? `The server is slower than speech: buffering ${this.lead.toFixed(1)} s`
      : "";
    if (this.note.textContent !== note) this.note.textContent = note;
    this.progress();
    if (this.busy) this.tick();
  }

  progress() {
    const position = this.position;
    if (document.activeElement !== this.slider || this.busy) this.slider.value = position.toFixed(1);
    const said = `${formatMinutes(position)} / ${formatMinutes(this.stats.seconds)}${this.stats.done ? "" : "…"}`;
    if (this.time.textContent !== said) {
      this.time.textContent = said;
      this.slider.max = this.stats.seconds.toFixed(1);
      this.slider.setAttribute("aria-valuetext", said);
    }
  }

  tick() {
    if (this.ticking) return;
    const samples = new Float32Array(512);
    const draw = () => {
      this.ticking = this.busy && this.element.isConnected;
      let loudness = 0;
      if (this.state === "playing" && this.analyser) {
        this.analyser.getFloatTimeDomainData(samples);
        loudness = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
      }
      this.level.firstChild.style.transform = `scaleX(${Math.min(1, 3 * loudness).toFixed(2)})`;
      this.progress();
      if (this.ticking) setTimeout(() => requestAnimationFrame(draw), 60);
    };
    this.ticking = true;
    requestAnimationFrame(draw);
  }
}
