// Pieces of a video on their way into a SourceBuffer, which takes one at a time and holds only so much.
const CODEC_OF_ANY = "avc1.42c01e";
const KEPT_BEHIND = 10; // seconds behind what is seen that stay when room is needed

/** The kind of media source that this browser has: an iPhone has only the managed one; null for none. */
export const pickMediaSource = (scope) => scope.ManagedMediaSource || scope.MediaSource || null;

/** The type of a video with this codec, as browsers want it. */
export const typeOf = (codec) => `video/mp4; codecs="${codec || CODEC_OF_ANY}"`;

export class SegmentQueue {
  /** buffer: a SourceBuffer. position: gives the seconds that are seen. failed: called once when nothing goes any more. */
  constructor(buffer, position, failed) {
    Object.assign(this, { buffer, position, failed });
    this.waiting = [];
    this.ended = null;
    this.broken = false;
    buffer.addEventListener("updateend", () => this.pump());
    buffer.addEventListener("error", () => this.breakOff());
  }

  add(data) {
    this.waiting.push(data);
    this.pump();
  }

  /** Calls `done` when all has been taken in. */
  end(done) {
    this.ended = done;
    this.pump();
  }

  pump() {
    if (this.broken || this.buffer.updating) return;
    if (!this.waiting.length) {
      this.ended?.();
      this.ended = null;
      return;
    }
    try {
      this.buffer.appendBuffer(this.waiting[0]);
      this.waiting.shift();
    } catch (error) {
      if (error.name !== "QuotaExceededError" || !this.makeRoom()) this.breakOff();
    }
  }

  /** Takes out what has been seen; false when there is nothing to take. */
  makeRoom() {
    const { buffered } = this.buffer;
    const first = buffered.length ? buffered.start(0) : 0;
    const until = this.position() - KEPT_BEHIND;
    if (!buffered.length || until <= first) return false;
    this.buffer.remove(first, until); // `updateend` follows, and the piece is tried again
    return true;
  }

  breakOff() {
    if (this.broken) return;
    this.broken = true;
    this.waiting = [];
    this.failed();
  }
}
