// Which word is heard at a time, and when a text that is being typed is worth speaking: no page needed.

/** The number of the word that is heard at `seconds`: the last one that has begun; -1 before the first. */
export const wordAt = (starts, seconds) => {
  let low = 0, high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= seconds + 0.02) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

/** Whether a text that was begun while nothing runs has a first sentence: it ends, and something follows it. */
export const hasSentence = (text) => /[.!?…]["'”’»)]*\s+\S|[。！？]|\n\s*\S*\n/u.test(text) || (/[.!?…]\s*$/.test(text) && text.length > 60);

/** Sends the newest of what it is given, one after the other, and not more often than every `pause` ms. */
export class Latest {
  constructor(send, pause = 150) {
    this.send = send;
    this.pause = pause;
    this.waiting = undefined;
    this.busy = false;
  }

  async give(value) {
    this.waiting = { value };
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.waiting) {
        const { value: next } = this.waiting;
        this.waiting = undefined;
        await this.send(next);
        if (!this.waiting) await new Promise((resolve) => setTimeout(resolve, this.pause));
      }
    } finally {
      this.busy = false;
    }
  }
}
