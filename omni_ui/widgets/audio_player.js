// Hears and sees a sound that came back (omni_ui/widgets/audio_player.py).
import { defineComponent } from "../core/js/components.js";
import { make } from "../core/js/dom.js";
import { formatHertz, formatMinutes } from "../core/js/format.js";
import { wavHeader } from "../core/audio/wav.js";

let spectrumShown = false; // once switched on, it is shown for the next sounds too

// Bare samples of 16 bits with a header before them, so that the browser can play them.
const asWav = async (url, rate, channels) => {
  const samples = await (await fetch(url)).arrayBuffer();
  return URL.createObjectURL(new Blob([wavHeader(samples.byteLength, rate, channels), samples], { type: "audio/wav" }));
};

defineComponent("audio_player", ({ element, props, watch }) => {
  const box = element.querySelector(".omni-sound");
  const show = () => {
    const file = props.value;
    if (!file?.url) return box.replaceChildren(make("div", { class: "omni-sound-empty" }, "No sound yet"));
    const bare = /^audio\/pcm;rate=(\d+);channels=(\d+)$/.exec(file.mime_type || "");
    if (/\.pcm$/.test(file.path) && !bare) {
      box.replaceChildren(make("p", {}, "Raw PCM does not state its sample rate, so it cannot be played here."));
      return;
    }
    const player = make("audio", { controls: "", preload: "auto", "aria-label": "Result" });
    if (bare) asWav(file.url, Number(bare[1]), Number(bare[2])).then((url) => (player.src = url));
    else player.src = file.url;
    box.replaceChildren(player);
  };
  watch("value", show);
  show();
});

defineComponent("audio_drawing", ({ element, props, watch, options }) => {
  const box = element.querySelector(".omni-drawing");
  const player = () => document.querySelector(`#${options.player} audio`);

  const show = () => {
    const drawn = props.value;
    box.hidden = !drawn;
    box.replaceChildren();
    if (!drawn) return;
    const seconds = drawn.seconds.toFixed(1);
    const kind = { 1: "mono", 2: "stereo, left above right" }[drawn.channels] || `${drawn.channels} channels`;
    const wave = make("div", { class: "omni-wave", role: "img", "aria-label": `Waveform of ${seconds} s, ${kind}` });
    wave.style.setProperty("--wave", `url("${encodeURI(decodeURI(drawn.waveform.url))}")`);
    const spectrum = make("img", { class: "omni-spectrum", src: drawn.spectrogram.url, alt: `Spectrogram of ${seconds} s, 40 Hz to ${formatHertz(drawn.highest)}` });
    const frequencies = make("div", { class: "omni-hertz", "aria-hidden": "true" });
    for (const at of [100, 1000, 10000].filter((mark) => mark < drawn.highest)) {
      const mark = make("span", {}, formatHertz(at));
      mark.style.bottom = `${(100 * Math.log(at / 40)) / Math.log(drawn.highest / 40)}%`;
      frequencies.append(mark);
    }
    const times = make("div", { class: "omni-times", "aria-hidden": "true" });
    for (let part = 0; part <= 4; part += 1) times.append(make("span", {}, `${((drawn.seconds * part) / 4).toFixed(1)} s`));
    const head = make("div", { class: "omni-playhead", hidden: "" });
    const lower = make("div", { class: "omni-spectrum-box" });
    lower.append(spectrum, frequencies);
    const both = make("div", { class: "omni-drawn", role: "slider", tabindex: "0", "aria-label": "Position", "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": "0" });
    both.append(wave, lower, head);
    both.addEventListener("click", (event) => {
      const place = both.getBoundingClientRect();
      seek((event.clientX - place.left) / place.width);
    });
    both.addEventListener("keydown", (event) => {
      const audio = player();
      const now = audio?.duration ? audio.currentTime / audio.duration : 0;
      const to = { ArrowLeft: now - 0.05, ArrowRight: now + 0.05, Home: 0, End: 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      seek(Math.min(1, Math.max(0, to)));
    });
    box.append(controls(lower), both, times);
    follow();
  };

  const seek = (share) => {
    const audio = player();
    if (audio && Number.isFinite(audio.duration)) audio.currentTime = share * audio.duration;
    follow();
  };
  // Play, the time, and the switch of the spectrogram. The bar of the browser is not shown beside them.
  const controls = (lower) => {
    const bar = make("div", { class: "omni-sound-bar" });
    const play = make("button", { type: "button", class: "omni-small omni-sound-play" }, "Play");
    play.addEventListener("click", () => {
      const audio = player();
      if (!audio) return;
      if (audio.paused) audio.play();
      else audio.pause();
    });
    const spectrogram = make("button", { type: "button", class: "omni-small", "aria-pressed": String(spectrumShown) }, "Spectrogram");
    lower.hidden = !spectrumShown;
    spectrogram.addEventListener("click", () => {
      spectrumShown = lower.hidden;
      lower.hidden = !spectrumShown;
      spectrogram.setAttribute("aria-pressed", String(spectrumShown));
    });
    bar.append(play, make("span", { class: "omni-sound-time" }), spectrogram);
    return bar;
  };

  // The line that follows the sound: the player's keys move it too.
  const follow = () => {
    const head = box.querySelector(".omni-playhead");
    const audio = player();
    if (!head || !audio || !Number.isFinite(audio.duration)) return;
    const time = `${formatMinutes(audio.currentTime)} / ${formatMinutes(audio.duration)}`;
    box.querySelector(".omni-sound-time").textContent = time;
    const words = audio.paused ? "Play" : "Pause";
    const play = box.querySelector(".omni-sound-play");
    if (play.dataset.words !== words) play.textContent = play.dataset.words = words; // what is seen may be translated
    const slider = box.querySelector(".omni-drawn");
    slider.setAttribute("aria-valuenow", String(Math.round((100 * audio.currentTime) / audio.duration)));
    slider.setAttribute("aria-valuetext", time);
    head.hidden = audio.paused && audio.currentTime === 0;
    head.style.left = `${(100 * audio.currentTime) / audio.duration}%`;
    if (!audio.paused) requestAnimationFrame(follow);
  };
  for (const name of ["play", "seeked", "pause", "ended", "loadedmetadata"]) {
    document.addEventListener(name, (event) => { if (event.target === player()) follow(); }, true);
  }
  watch("value", show);
  show();
});
