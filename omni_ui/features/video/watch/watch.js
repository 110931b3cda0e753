// A video that is seen while it is made (omni_ui/features/video/watch/watch_view.py): the app's socket gives pieces of MP4,
// which go into a media source as they come; what the visitor changes goes back. Measurements stand on omni.watching.
import { defineComponent } from "../../../core/js/components.js";
import { appRoot } from "../../../core/js/dom.js";
import { translate } from "../../../core/js/language.js";
import { pickMediaSource, SegmentQueue, typeOf } from "./segment_queue.js";

const NO_SOURCE = "This browser cannot play unfinished videos. The video appears here when it is done.";
const NO_CODEC = "This browser cannot play this video until it is done. It will appear here then.";
const CANNOT = "This browser stopped playing the pieces. The whole video appears here when it is done.";
const LOST = "This page lost its connection. What arrived is in History.";
const SLOW = "The server is slower than playback: waiting for the next piece.";
const KEYS = "wasdijkl";

class WatchedVideo {
  /** on: { note, shown, over, refused }. */
  constructor(ticket, video, on) {
    Object.assign(this, { ticket, video, on });
    this.stats = { asked: Date.now(), firstPiece: null, firstFrame: null, pieces: 0, changes: [], done: false };
    this.held = null; // the description of the piece that comes next
    this.early = []; // pieces that came before the source was open
    this.open();
  }

  open() {
    this.socket = new WebSocket(`${appRoot().replace(/^http/, "ws")}/omni/watch/${this.ticket}`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onmessage = ({ data }) => (typeof data === "string" ? this.event(JSON.parse(data)) : this.piece(data));
    this.socket.onclose = () => this.end({ text: this.stats.done ? "" : LOST });
  }

  send(change) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(change));
  }

  event(event) {
    if (event.type === "piece") this.held = event;
    else if (event.type === "change") {
      this.stats.changes.push(event);
      this.announce({ change: event });
    } else if (event.type === "notice") {
      this.on.note(event.text);
      if (event.refused) this.on.refused(event.refused);
    } else if (event.type === "end") this.end(event);
  }

  piece(data) {
    const header = this.held;
    this.held = null;
    if (!header) return;
    this.stats.firstPiece ??= Date.now();
    this.stats.pieces += 1;
    this.announce({ arrived: header.start + header.seconds });
    if (this.unplayable) return;
    if (!this.source && !this.begin(header.codec)) return;
    if (this.queue) this.queue.add(data);
    else this.early.push(data);
  }

  /** Opens the media source; false, with a sentence, where this browser cannot. */
  begin(codec) {
    const Source = pickMediaSource(window);
    const type = typeOf(codec);
    if (!Source || !Source.isTypeSupported(type)) {
      this.unplayable = true;
      this.on.note(Source ? NO_CODEC : NO_SOURCE);
      return false;
    }
    this.source = new Source();
    this.source.addEventListener("sourceopen", () => {
      URL.revokeObjectURL(this.address);
      this.queue = new SegmentQueue(this.source.addSourceBuffer(type), () => this.video.currentTime, () => this.breakOff());
      for (const data of this.early.splice(0)) this.queue.add(data);
      if (this.stats.done) this.finish();
    }, { once: true });
    this.video.disableRemotePlayback = true; // a managed source (iPhone) wants it
    this.video.muted = true; // there is no sound, and browsers start nothing else by themselves
    this.video.src = this.address = URL.createObjectURL(this.source);
    this.video.play().catch(() => {});
    const seen = () => {
      this.stats.firstFrame ??= Date.now();
      this.on.shown();
    };
    if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(seen);
    else this.video.addEventListener("loadeddata", seen, { once: true });
    this.video.onwaiting = () => !this.stats.done && this.stats.firstFrame && this.on.note(SLOW);
    this.video.onplaying = () => this.on.note("");
    this.video.onended = () => this.on.over();
    return true;
  }

  breakOff() {
    this.unplayable = true;
    this.on.note(CANNOT);
    this.on.over();
  }

  announce(detail) {
    document.dispatchEvent(new CustomEvent("omni-watched", { detail }));
  }

  finish() {
    this.queue?.end(() => {
      if (this.source.readyState === "open") this.source.endOfStream();
    });
  }

  end({ text }) {
    if (this.stats.done) return;
    this.stats.done = true;
    if (text) this.on.note(text);
    this.finish();
    this.on.ended();
    if (this.unplayable || !this.stats.pieces) this.on.over();
    this.socket.close();
  }

  /** Nobody looks any more. */
  close() {
    this.stats.done = true;
    this.socket.onclose = null;
    this.socket.close();
    this.video.onended = this.video.onwaiting = this.video.onplaying = null;
    this.video.removeAttribute("src");
    this.video.load();
  }
}

defineComponent("video_watch", ({ element, props, watch }) => {
  const box = element.querySelector(".omni-watch");
  const find = (selector) => box.querySelector(selector);
  const [video, note, form, pad] = ["video", ".omni-watch-note", ".omni-watch-now", ".omni-watch-keys"].map(find);
  let current = null;
  let pressed = "";

  const say = (text) => {
    note.textContent = text ? translate(text) : "";
    note.hidden = !text;
  };
  const hide = () => { box.hidden = true; };
  const start = (ticket) => {
    say("");
    form.reset();
    form.hidden = pad.hidden = false;
    box.hidden = false;
    delete box.dataset.shown;
    current = new WatchedVideo(ticket, video, {
      note: say,
      shown: () => { box.dataset.shown = "yes"; },
      ended: () => { form.hidden = pad.hidden = true; },
      over: () => current?.stats.done && hide(),
      refused: (what) => { (what === "keys" ? pad : form).hidden = true; },
    });
    current.announce({ begins: true });
    window.omni.watching = current;
  };
  const show = () => {
    const ticket = props.value || "";
    if (current?.ticket === ticket) return;
    current?.close();
    current = null;
    if (ticket) start(ticket);
    else hide();
  };

  form.onsubmit = (event) => {
    event.preventDefault();
    const words = form.querySelector("input");
    if (!words.value.trim()) return;
    current?.send({ prompt: words.value });
    words.value = "";
  };
  const press = (key, down) => {
    const now = [...KEYS].filter((candidate) => (candidate === key ? down : pressed.includes(candidate))).join("");
    if (now === pressed) return;
    pressed = now;
    for (const button of pad.querySelectorAll("[data-key]")) button.setAttribute("aria-pressed", pressed.includes(button.dataset.key));
    current?.send({ keys: pressed });
  };
  const release = () => { for (const key of pressed) press(key, false); };
  pad.addEventListener("keydown", (event) => {
    const held = event.key === " " || event.key === "Enter" ? event.target.dataset?.key : event.key.toLowerCase();
    if (!KEYS.includes(held || "-") || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (!event.repeat) press(held, true);
  });
  pad.addEventListener("keyup", (event) => {
    const held = event.key === " " || event.key === "Enter" ? event.target.dataset?.key : event.key.toLowerCase();
    if (KEYS.includes(held || "-")) press(held, false);
  });
  for (const button of pad.querySelectorAll("[data-key]")) {
    button.addEventListener("pointerdown", (event) => { button.setPointerCapture(event.pointerId); press(button.dataset.key, true); });
    for (const end of ["pointerup", "pointercancel"]) button.addEventListener(end, () => press(button.dataset.key, false));
  }
  pad.addEventListener("focusout", (event) => { if (!pad.contains(event.relatedTarget)) release(); });
  watch("value", show);
  show();
});
