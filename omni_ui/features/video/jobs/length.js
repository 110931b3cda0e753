// The length of a video in seconds, frames and frames a second, each in terms of the others.
const USUAL_RATE = 24; // frames a second, where the field is empty
const round = (number) => Number(number.toFixed(2));

/** What is said below each of the three fields; "" where its own help stays. 0 stands for an empty field. */
export const describeLength = ({ seconds, frames, fps }) => {
  const rate = fps || USUAL_RATE;
  const usual = fps ? "" : " (usual; the model may differ)";
  const texts = { num_frames: "", seconds: "", fps: "" };
  if (frames > 0) {
    texts.num_frames = `${frames} frames at ${rate} fps${usual} are ${round(frames / rate)} s.`;
    texts.seconds = `Frames sets the length: ${round(frames / rate)} s at ${rate} fps${usual}.`;
    if (fps > 0) texts.fps = `${frames} frames play for ${round(frames / fps)} s.`;
  } else if (seconds > 0) {
    texts.seconds = `${seconds} s at ${rate} fps${usual} are ${Math.floor(seconds * rate)} frames.`;
    if (fps > 0) texts.fps = `${seconds} s need ${Math.floor(seconds * fps)} frames.`;
  }
  return texts;
};
