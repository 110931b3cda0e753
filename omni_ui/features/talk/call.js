// One call: the line to the app, the microphone, the answers. It tells its owner what happens.
import { Line } from "./line.js";
import { Microphone } from "./devices/microphone.js";
import { SpeechDetector } from "./devices/speech_detector.js";

const LEVEL_EVERY = 4; // frames of 20 ms; each change of the level is drawn

export class Call {
  /** on: { ready, state, caption, spoke, level, notice, cut, ended }. options: { hold, voice, instructions, session … }. */
  constructor(options, on) {
    this.options = options;
    this.on = on;
    this.detector = new SpeechDetector();
    this.turns = new Map(); // by number: { id, rate, arrived, ms, heard, over }
    this.sounding = 0; // the number of the turn that is heard
    this.holding = false;
    this.closed = false;
    this.frames = this.loudest = 0; // of the microphone
  }

  async start(device) {
    this.context = new AudioContext({ latencyHint: "interactive" });
    this.context.onstatechange = () => this.wake();
    await this.context.audioWorklet.addModule(new URL("./devices/playback_worklet.js", import.meta.url));
    this.player = new AudioWorkletNode(this.context, "omni-playback", { outputChannelCount: [1] });
    this.volume = new GainNode(this.context);
    this.player.connect(this.volume).connect(this.context.destination);
    this.player.port.onmessage = ({ data }) => this.played(data);
    this.microphone = new Microphone(this.context, (pcm, loudness) => this.frame(pcm, loudness), () => this.lost());
    await this.microphone.open(device);
    if (this.closed) return this.microphone.close();
    this.line = new Line({
      event: (event) => this.event(event),
      sound: (data) => this.sound(data),
      cut: () => this.on.notice("The connection was lost. Reconnecting.", "info"),
      back: () => this.on.notice("Connected again.", "info"),
      gone: () => this.end({ text: "This page lost its connection. Call again.", failed: true }),
    });
    this.line.open(this.options);
  }

  send(event) {
    this.line?.send(JSON.stringify(event));
  }

  /** A question in writing; an answer that is being heard ends. */
  write(text) {
    if (this.sounding) this.interrupt();
    this.send({ type: "text", text });
  }

  /** 20 ms of the microphone. */
  frame(pcm, loudness) {
    this.level(loudness);
    if (!this.ready || this.closed) return;
    if (!this.options.hold || this.holding) this.line.send(pcm);
    const began = this.detector.feed(loudness);
    if (began && this.sounding && (!this.options.hold || this.holding)) this.interrupt();
  }

  /** The loudest of the last frames. */
  level(loudness) {
    this.loudest = Math.max(this.loudest, loudness);
    this.frames += 1;
    if (this.frames % LEVEL_EVERY) return;
    this.on.level(this.loudest);
    this.loudest = 0;
  }

  /** The visitor holds the button, or lets it go. */
  hold(holding) {
    if (holding === this.holding) return;
    this.holding = holding;
    if (holding && this.sounding) this.interrupt();
    if (!holding) this.send({ type: "release" });
  }

  /** Silence at once, here; then the server is told what was heard. */
  interrupt() {
    const turn = this.turns.get(this.sounding);
    this.silence();
    if (!turn) return;
    turn.cut = this.interrupted = true;
    this.send({ type: "played", turn: turn.id, ms: turn.heard });
    this.send({ type: "interrupt", turn: turn.id });
    this.on.cut(turn.id, turn.heard, turn.ms);
    this.on.state("interrupted");
  }

  silence() {
    this.player.port.postMessage({ type: "stop" });
    this.sounding = 0;
  }

  event(event) {
    if (event.type === "ready") {
      this.ready = true;
      this.on.ready(event);
    } else if (event.type === "state") this.state(event.state);
    else if (event.type === "audio") {
      this.turns.set(event.number, { id: event.turn, rate: event.rate, arrived: performance.now(), ms: 0, heard: 0 });
    } else if (event.type === "caption") this.on.caption(event);
    else if (event.type === "speech") this.speech(event.on);
    else if (event.type === "turn-end") this.turnEnded(event);
    else if (event.type === "notice") this.on.notice(event.text, event.level);
    else if (event.type === "ended") this.end(event);
  }

  /** The server says what it does; while an answer is still heard here, it speaks. */
  state(state) {
    if (state === "listening" && this.sounding) return;
    // Whoever speaks hears nothing more, until the model has something new: which of the two noticed first does not count.
    this.interrupted = state === "interrupted" || (this.interrupted && state === "listening");
    this.on.state(this.interrupted ? "interrupted" : state);
  }

  speech(on) {
    if (!on) this.on.spoke();
    else if (this.sounding) this.interrupt();
  }

  turnEnded({ turn, status }) {
    for (const [number, state] of this.turns) {
      if (state.id !== turn) continue;
      state.over = true;
      if (status === "interrupted" && !state.cut) {
        state.cut = true;
        if (this.sounding === number) this.silence();
        this.on.cut(turn, state.heard, state.ms);
      }
      this.player.port.postMessage({ type: "end", turn: number });
    }
  }

  sound(data) {
    const number = new DataView(data).getUint32(0, true);
    const turn = this.turns.get(number);
    if (!turn || turn.cut) return;
    const pcm = data.slice(4);
    turn.ms += pcm.byteLength / 2 / turn.rate * 1000;
    this.player.port.postMessage({ type: "sound", turn: number, rate: turn.rate, pcm }, [pcm]);
  }

  /** What the player says of the answer that it plays. */
  played({ type, turn: number, ms }) {
    const turn = this.turns.get(number);
    if (!turn) return;
    if (type === "began") {
      this.sounding = number;
      turn.added = performance.now() - turn.arrived;
      this.send({ type: "sounding", turn: turn.id, ms: Math.round(turn.added) });
      this.on.state("speaking");
    } else if (type === "heard") {
      turn.heard = ms;
      if (!turn.told || ms - turn.told >= 500) this.tellHeard(turn, ms);
    } else if (type === "dry") {
      this.on.notice("The answer arrives too slowly to play smoothly: the server or the connection is slow.", "info");
    } else if (type === "over") {
      this.tellHeard(turn, turn.heard);
      this.sounding = 0;
      this.on.state("listening");
    }
  }

  tellHeard(turn, ms) {
    turn.told = ms;
    this.send({ type: "played", turn: turn.id, ms });
  }

  /** A computer that slept, or a phone that rang, leaves the sound stopped. */
  wake() {
    if (!this.over && this.context.state !== "running" && this.context.state !== "closed") this.context.resume();
  }

  async lost() {
    this.on.notice("The microphone was disconnected: the call continues with another one if there is one.", "error");
    try {
      await this.microphone.use();
    } catch {
      this.on.notice("No microphone was found: plug one in and choose it.", "error");
    }
  }

  hangUp() {
    this.closed = true;
    this.send({ type: "end" });
    // The app answers with "ended" once the call is written down; it need not.
    setTimeout(() => this.end({ text: "", failed: false }), 3000);
    this.release();
  }

  release() {
    this.microphone?.close();
    this.player?.port.postMessage({ type: "stop" });
  }

  end(event) {
    if (this.over) return;
    this.over = this.closed = true;
    this.release();
    this.line?.close();
    this.context?.close();
    this.on.ended(event);
  }
}
