// A video that does not run looks like a picture: a sign of play lies on it until it runs.
const mark = ({ target }) => {
  if (target instanceof HTMLVideoElement) target.closest("#video-result")?.classList.toggle("omni-plays", target.paused);
};
const forget = ({ target }) => { if (target.closest?.("#video-result")) target.removeAttribute("poster"); };
document.addEventListener("emptied", forget, { capture: true });
// Events of media do not bubble.
for (const name of ["loadeddata", "play", "pause", "ended", "emptied"]) document.addEventListener(name, mark, { capture: true });
