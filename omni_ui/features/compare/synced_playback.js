// Two sounds or two videos played as one (omni_ui/features/compare/compare.js): one clock, one position, equally loud.
// Sound is decoded whole and started at one moment of one audio clock, so both are together to the sample; pictures
// of videos, which are muted, follow that clock.
import { make, smallButton as button } from "../../core/js/dom.js";
import { formatTenths } from "../../core/js/format.js";
import { translate } from "../../core/js/language.js";
import { describeLoudness, loudness, matchGains } from "./loudness.js";
import { choice } from "./parts.js";

const AHEAD = 0.05; // seconds until a start, so that both can be ready
const DRIFT = 0.04; // seconds that nobody sees
const FAR = 0.3; // seconds that are jumped over and not caught up with

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
  const broken = players.filter((player) => !player.seen).map((player) => player.name);
  if (broken.length) {
    context.close();
    const sentence = `This browser cannot play ${broken.join(", ")}. Download the file to play it elsewhere.`;
    return { element: make("p", { class: "omni-history-error", role: "alert" }, sentence), stop: () => {} };
  }
  const length = Math.max(...players.map((player) => Math.max(player.video?.duration || 0, player.sound?.duration || 0)));
  const gains = matchGains(players.map((player) => player.level));
  let from = 0; // where it stands, or where it was started
  let started = null; // on the context's clock
  let heard = players[0].name;
  let even = true;
  let frame = 0;

  const now = () => (started === null ? from : Math.min(length, from + Math.max(0, context.currentTime - started)));
  const setGains = () => players.forEach((player, number) => {
    const value = player.name === heard ? (even ? gains[number] : 1) : 0;
    player.gain.gain.cancelScheduledValues(0);
    if (started === null) player.gain.gain.value = value;
    else player.gain.gain.setTargetAtTime(value, context.currentTime, 0.01); // no click
  });
  const silence = () => players.forEach((player) => { player.source?.stop(); player.source = null; });
  const begin = () => {
    started = context.currentTime + AHEAD;
    for (const player of players) {
      if (!player.sound || from >= player.sound.duration) continue;
      player.source = new AudioBufferSourceNode(context, { buffer: player.sound });
      player.source.connect(player.gain);
      player.source.start(started, from);
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
    time.textContent = `${formatTenths(now())} / ${formatTenths(length)}`;
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

  const hear = choice("Sound of", players.map((player) => [player.name, `Hear ${player.name}`]), (name) => { heard = name; setGains(); });
  const evenly = make("input", { type: "checkbox", checked: "" });
  evenly.addEventListener("change", () => { even = evenly.checked; setGains(); });
  const heardAtAll = players.some((player) => player.level !== null);
  const screen = make("div", { class: "omni-compare-videos", "data-view": "both" });
  const views = choice("View", [["both", "Both"], ["A", "A"], ["B", "B"]], (view) => {
    screen.dataset.view = view;
    if (view !== "both" && heardAtAll) hear.querySelector(`[data-value=${view}]`).click();
  });
  if (kind === "video") screen.append(...players.map((player) => make("figure", { "data-side": player.name }, player.video, make("figcaption", { class: "omni-tag omni-tag-left" }, player.name))));

  setGains();
  draw();
  return {
    element: make("div", { class: "omni-compare-view" }, kind === "video" ? screen : null,
      make("div", { class: "omni-compare-row" }, play, range, time),
      make("div", { class: "omni-compare-row" }, kind === "video" ? views : null, heardAtAll ? hear : null,
        heardAtAll ? make("label", {}, evenly, " Equally loud") : null),
      make("p", { class: "omni-quiet omni-compare-loud" }, describeLoudness(players, hidden))),
    stop: () => { started = null; cancelAnimationFrame(frame); silence(); players.forEach(({ video }) => video?.pause()); context.close(); },
  };
};
