// Pictures for the model: of a camera, a screen or a file, once a second, and small enough to be sent beside the sound.
import { make } from "../../../core/js/dom.js";

const SIDE = 640; // points of the longer side
const EVERY = 1000; // milliseconds between two pictures
const QUALITY = 0.7;
const LARGEST = 400_000; // characters of base64, as the app takes it

/** Width and height that fit into a square of `side`, in the same proportions. */
export const fitted = (width, height, side = SIDE) => {
  const scale = Math.min(1, side / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
};

/** The sentence for an error of getUserMedia or getDisplayMedia. */
export const cameraSentence = (error) => ({
  NotAllowedError: "The camera or screen is blocked: allow it, then call again.",
  NotFoundError: "No camera was found: plug one in, or choose a file.",
  NotReadableError: "Another program is using the camera: close it, then call again.",
}[error?.name] || "The pictures could not be opened: choose another camera or file.");

const openSource = async (kind, file) => {
  if (kind === "file") {
    const address = URL.createObjectURL(file);
    if (!file.type.startsWith("image/")) return { video: { src: address, loop: true }, address };
    const image = make("img", { src: address });
    await image.decode();
    return { image, address };
  }
  const open = kind === "screen" ? "getDisplayMedia" : "getUserMedia";
  return { video: { srcObject: await navigator.mediaDevices[open]({ video: { width: { ideal: SIDE } }, audio: false }) } };
};

export class Camera {
  /** onPicture(base64): every second. onLost(): the visitor ended the sharing, or the camera is gone. */
  constructor(view, onPicture, onLost) {
    this.view = view;
    this.onPicture = onPicture;
    this.onLost = onLost;
    this.canvas = document.createElement("canvas");
  }

  /** kind: "camera", "screen" or "file". Rejects when it cannot be had. */
  async open(kind, file) {
    const source = await openSource(kind, file);
    this.address = source.address;
    if (source.image) this.picture = source.image;
    else {
      Object.assign(this.view, { muted: true, ...source.video });
      await this.view.play();
      this.stream = this.view.srcObject;
      for (const track of this.stream?.getVideoTracks() || []) track.onended = () => this.onLost();
      this.picture = this.view;
      this.view.hidden = false;
    }
  }

  start() {
    this.take();
    this.timer = setInterval(() => this.take(), EVERY);
  }

  async take() {
    const width = this.picture.videoWidth || this.picture.naturalWidth;
    const height = this.picture.videoHeight || this.picture.naturalHeight;
    if (!width || !height) return;
    [this.canvas.width, this.canvas.height] = fitted(width, height);
    this.canvas.getContext("2d").drawImage(this.picture, 0, 0, this.canvas.width, this.canvas.height);
    const [, data] = this.canvas.toDataURL("image/jpeg", QUALITY).split(",");
    if (data && data.length <= LARGEST) this.onPicture(data);
  }

  close() {
    clearInterval(this.timer);
    for (const track of this.stream?.getTracks() || []) {
      track.onended = null;
      track.stop();
    }
    this.view.pause();
    this.view.srcObject = null;
    this.view.removeAttribute("src");
    this.view.hidden = true;
    if (this.address) URL.revokeObjectURL(this.address);
  }
}
