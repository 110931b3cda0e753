// Two sounds or two videos played as one (omni_ui/features/compare/compare.js): one clock, one position, equally loud.
// Sound is decoded whole and started at one moment of one audio clock, so both are together to the sample; pictures
// of videos, which are muted, follow that clock.
import { make } from "../../core/dom.js";
import { translate } from "../../core/language.js";
import { button, choice } from "./parts.js";

const SILENCE = 1e-6; // mean square of -60 dB: pauses of speech would make it seem quieter than it is
const BLOCK = 0.05; // seconds
const AHEAD = 0.05; // seconds until a start, so that both can be ready
const DRIFT = 0.04; // seconds that nobody sees
const FAR = 0.3; // seconds that are jumped over and not caught up with

/** How loud a decoded sound is: RMS of what is not silence, in dB of full scale; null for silence. */
const loudness = (sound) => {
  const size = Math.max(1, Math.round(sound.sampleRate * BLOCK));
  const lanes = Array.from({ length: sound.numberOfChannels }, (_, lane) => sound.getChannelData(lane));
  let sum = 0;
  let count = 0;
  for (let from = 0; from < sound.length; from += size) {
    const to = Math.min(sound.length, from + size);
    let squares = 0;
    for (const lane of lanes) for (let at = from; at < to; at += 1) squares += lane[at] * lane[at];
    const many = (to - from) * lanes.length;
    if (squares / many < SILENCE) continue;
    sum += squares;
    count += many;
  }
  return count ? 10 * Math.log10(sum / count) : null;
};

/** The gain of each side that makes it as loud as the quieter one. Nothing is made louder: that could clip. */
const matched = (levels) => {
  const known = levels.filter((one) => one !== null);
  return levels.map((one) => (one === null || known.length < 2 ? 1 : 10 ** ((Math.min(...known) - one) / 20)));
};

const words = (kind, sides, hidden) => {
  const silent = sides.filter((side) => side.level === null).map((side) => side.name);
  if (silent.length === 2) return "Neither has sound.";
  if (silent.length) return `No sound can be heard in ${silent.join(", ")}, so loudness was not matched.`;
  if (hidden) return "Both are played equally loud.";
  const [louder, quieter] = sides[0].level >= sides[1].level ? sides : [sides[1], sides[0]];
  const apart = louder.level - quieter.level;
  if (apart < 0.05) return "Both are equally loud.";
  return `${louder.name} is ${apart.toFixed(1)} dB louder than ${quieter.name}, so it is played ${apart.toFixed(1)} dB more quietly.`;
};
const clock = (seconds) => `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;

const ready = (video) => new Promise((resolve) => {
  video.addEventListener("loadeddata", () => resolve(true), { once: true });
  video.addEventListener("error", () => resolve(false), { once: true });
});

/** kind: audio or video; sides: {name, blob, url}. hidden: how far apart they were is not said. */
export const playTogether = async (kind, sides, hidden) => {
  const context = new AudioContext();
  const players = await Promise.all(sides.map(async (side) => {
    const gain = context.createGain();
    gain.connect(context.destination);
    const sound = await side.blob.arrayBuffer().then((bytes) => context.decodeAudioData(bytes)).catch(() => null);
    const video = kind === "video" ? make("video", { src: side.url, preload: "auto", playsinline: "", "aria-label": `Video ${side.name}` }) : null;
    if (video) video.muted = true;
    const seen = video ? await ready(video) : Boolean(sound);
    return { name: side.name, sound, video, seen, gain, level: sound && loudness(sound), source: null };
  }));
  const broken = players.filter((one) => !one.seen).map((one) => one.name);
  if (broken.length) {
    context.close();
    const sentence = `This browser cannot play ${broken.join(", ")}. Download the file to play it elsewhere.`;
    return { element: make("p", { class: "omni-history-error", role: "alert" }, sentence), stop: () => {} };
  }
  const length = Math.max(...players.map((one) => Math.max(one.video?.duration || 0, one.sound?.duration || 0)));
  const gains = matched(players.map((one) => one.level));
  let from = 0; // where it stands, or where it was started
  let started = null; // on the context's clock
  let heard = players[0].name;
  let even = true;
  let frame = 0;

  const now = () => (started === null ? from : Math.min(length, from + Math.max(0, context.currentTime - started)));
  const setGains = () => players.forEach((one, number) => {
    const value = one.name === heard ? (even ? gains[number] : 1) : 0;
    one.gain.gain.cancelScheduledValues(0);
    if (started === null) one.gain.gain.value = value;
    else one.gain.gain.setTargetAtTime(value, context.currentTime, 0.01); // no click
  });
  const silence = () => players.forEach((one) => { one.source?.stop(); one.source = null; });
  const begin = () => {
    started = context.currentTime + AHEAD;
    for (const one of players) {
      if (!one.sound || from >= one.sound.duration) continue;
      one.source = new AudioBufferSourceNode(context, { buffer: one.sound });
      one.source.connect(one.gain);
      one.source.start(started, from);
    }
    follow();
  };
  const halt = () => {
    from = now();
    started = null;
    silence();
    cancelAnimationFrame(frame);
    for (const { video } of players) {
      if (!video) continue;
      video.pause();
      video.currentTime = Math.min(from, video.duration);
    }
    draw();
  };
  const follow = () => {
    for (const { video } of players) {
      if (!video || video.seeking) continue;
      const late = Math.min(now(), video.duration) - video.currentTime;
      if (Math.abs(late) > FAR) video.currentTime += late;
      video.playbackRate = Math.abs(late) < DRIFT ? 1 : late > 0 ? 1.15 : 0.85;
      if (video.paused && !video.ended && now() < video.duration) video.play().catch(() => {});
    }
    draw();
    if (now() < length) frame = requestAnimationFrame(follow);
    else halt();
  };

  const play = button("Play", async () => {
    if (started !== null) return halt();
    if (from >= length) from = 0;
    await context.resume();
    begin();
  }, { class: "omni-primary omni-compare-play", "data-act": "play" });
  const range = make("input", { type: "range", min: 0, max: length, step: "any", "aria-label": "Position" });
  const time = make("span", { class: "omni-compare-time" });
  const draw = () => {
    play.textContent = started === null ? "Play" : "Pause";
    range.value = now();
    range.setAttribute("aria-valuetext", translate(`${now().toFixed(1)} of ${length.toFixed(1)} seconds`));
    time.textContent = `${clock(now())} / ${clock(length)}`;
  };
  const seek = (to) => {
    const going = started !== null;
    halt();
    from = Math.max(0, Math.min(length, to));
    players.forEach(({ video }) => { if (video) video.currentTime = Math.min(from, video.duration); });
    draw();
    if (going) begin();
  };
  range.addEventListener("input", () => seek(Number(range.value)));
  range.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 0.5, ArrowUp: 0.5, ArrowLeft: -0.5, ArrowDown: -0.5, PageUp: 5, PageDown: -5 }[event.key];
    if (!step) return;
    event.preventDefault();
    seek(now() + step);
  });

  const hear = choice("Sound of", players.map((one) => [one.name, `Hear ${one.name}`]), (name) => { heard = name; setGains(); });
  const evenly = make("input", { type: "checkbox", checked: "" });
  evenly.addEventListener("change", () => { even = evenly.checked; setGains(); });
  const heardAtAll = players.some((one) => one.level !== null);
  const screen = make("div", { class: "omni-compare-videos", "data-view": "both" });
  const views = choice("View", [["both", "Both"], ["A", "A"], ["B", "B"]], (view) => {
    screen.dataset.view = view;
    if (view !== "both" && heardAtAll) hear.querySelector(`[data-value=${view}]`).click();
  });
  if (kind === "video") screen.append(...players.map((one) => make("figure", { "data-side": one.name }, one.video, make("figcaption", { class: "omni-tag omni-tag-left" }, one.name))));

  setGains();
  draw();
  return {
    element: make("div", { class: "omni-compare-view" }, kind === "video" ? screen : null,
      make("div", { class: "omni-compare-row" }, play, range, time),
      make("div", { class: "omni-compare-row" }, kind === "video" ? views : null, heardAtAll ? hear : null,
        heardAtAll ? make("label", {}, evenly, " Equally loud") : null),
      make("p", { class: "omni-quiet omni-compare-loud" }, words(kind, players, hidden))),
    stop: () => { started = null; cancelAnimationFrame(frame); silence(); players.forEach(({ video }) => video?.pause()); context.close(); },
  };
};
