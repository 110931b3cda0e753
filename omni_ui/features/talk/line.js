// The socket of one call. When it is cut, as by a computer that slept or a network that changed, the call is taken up
// again within the time for which the app waits: both sides send once more what the other one has not received.
import { appRoot } from "../../core/js/dom.js";

const GRACE = 30_000; // milliseconds for which the app keeps the call (line.py)
const PAUSE = 500; // between two tries
const MOST_KEPT = 1_000_000; // bytes of what was sent that are kept: 30 s of the microphone
const MOST_WAITING = 1_000_000; // bytes that wait to be sent; more of them wait only where nobody reads any more

const sizeOf = (message) => message.byteLength ?? message.length;
const address = (query = "") => `${appRoot().replace(/^http/, "ws")}/omni/talk${query}`;

export class Line {
  /** on: { event(object), sound(buffer), cut(), back(), gone() }. cut: it is tried again; gone: it is not. */
  constructor(on) {
    this.on = on;
    this.kept = [];
    this.size = this.first = this.received = 0;
  }

  /** Opens the line with its first message. */
  open(start) {
    this.connect(address(), { ...start, type: "start", resumes: true });
  }

  connect(url, message) {
    const socket = new WebSocket(url);
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(JSON.stringify(message));
    socket.onmessage = ({ data }) => this.take(data);
    socket.onclose = () => this.lost();
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN && !this.cutAt;
  }

  take(data) {
    const event = typeof data === "string" ? JSON.parse(data) : null;
    if (event?.type === "resumed") {
      this.resumed(event.received);
      return;
    }
    this.received += 1;
    if (event?.type === "ready") this.token = event.call;
    if (event) this.on.event(event);
    else this.on.sound(data);
  }

  /** Text or bytes. While the line is cut they wait; false where they never will be sent. */
  send(message) {
    if (!this.token && !this.isOpen) return false;
    if (this.isOpen && this.socket.bufferedAmount > MOST_WAITING) this.lost();
    this.kept.push(message);
    this.size += sizeOf(message);
    while (this.size > MOST_KEPT) {
      this.size -= sizeOf(this.kept.shift());
      this.first += 1;
    }
    if (this.isOpen) this.socket.send(message);
    return true;
  }

  lost() {
    const socket = this.socket;
    if (!socket) return;
    socket.onclose = socket.onmessage = null;
    socket.close();
    if (!this.token) return this.on.gone();
    if (!this.cutAt) {
      this.cutAt = performance.now();
      this.on.cut();
    }
    if (performance.now() - this.cutAt > GRACE) return this.on.gone();
    this.timer = setTimeout(() => this.connect(address("?resume"), { type: "resume", call: this.token, received: this.received }), PAUSE);
  }

  /** The app has so many of our messages, and goes on with those that we have not. */
  resumed(received) {
    this.cutAt = 0;
    for (const message of this.kept.slice(Math.max(0, received - this.first))) this.socket.send(message);
    this.on.back();
  }

  close() {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onclose = null;
    socket.close(1000);
  }
}
