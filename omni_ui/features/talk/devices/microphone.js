// The microphone: opened with the browser's echo cancellation, given on as 16 kHz frames, muted, changed.
const CONSTRAINTS = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** Why the microphone cannot be had, as one sentence; null when it may be asked for. */
export const microphoneProblem = () => (navigator.mediaDevices?.getUserMedia && window.AudioWorkletNode ? null
  : "Browsers give the microphone only to pages on https, or on the computer itself: open this page by https, or at http://localhost.");

/** The sentence for an error of getUserMedia. */
export const sentenceFor = (error) => ({
  NotAllowedError: "The microphone is blocked: allow it next to the page's address, then call again.",
  NotFoundError: "No microphone was found: plug one in, then call again.",
  OverconstrainedError: "That microphone is not connected: choose another one, then call again.",
  NotReadableError: "Another program is using the microphone: close it, then call again.",
}[error?.name] || "The microphone could not be opened: try another one.");

export class Microphone {
  /** onFrame(pcm, loudness): every 20 ms. onLost(): the device is gone. */
  constructor(context, onFrame, onLost) {
    this.context = context;
    this.onFrame = onFrame;
    this.onLost = onLost;
  }

  async open(device) {
    await this.context.audioWorklet.addModule(new URL("./capture_worklet.js", import.meta.url));
    this.node = new AudioWorkletNode(this.context, "omni-capture", { numberOfOutputs: 0 });
    this.node.port.onmessage = ({ data }) => this.onFrame(data.pcm, data.loudness);
    await this.use(device);
  }

  /** Takes another device, also in the middle of a call. */
  async use(device) {
    const audio = { ...CONSTRAINTS, ...(device ? { deviceId: { exact: device } } : {}) };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    this.release();
    this.stream = stream;
    const [track] = stream.getAudioTracks();
    track.onended = () => this.stream === stream && this.onLost();
    this.source = this.context.createMediaStreamSource(stream);
    this.source.connect(this.node);
  }

  set muted(muted) {
    this.node?.port.postMessage({ muted });
  }

  release() {
    this.source?.disconnect();
    for (const track of this.stream?.getTracks() || []) track.stop();
    this.stream = null;
  }

  close() {
    this.release();
    this.node?.disconnect();
  }
}

/** The microphones of this computer; without names until one was allowed. */
export const microphones = async () => {
  const devices = await navigator.mediaDevices?.enumerateDevices?.() ?? [];
  return devices.filter((device) => device.kind === "audioinput" && device.deviceId);
};
