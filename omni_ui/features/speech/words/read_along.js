// Read along: a text lights up word by word while it is heard, and is spoken while it is typed
// (omni_ui/features/speech/fields.py).
import { streams } from "../../../core/audio/audio_stream.js";
import { defineComponent } from "../../../core/js/components.js";
import { appRoot, make } from "../../../core/js/dom.js";
import { hasSentence, Latest, wordAt } from "./word_clock.js";

const EVERY = 80; // ms between two looks at the clock while something is heard

defineComponent("speech_words", ({ element, props, watch }) => {
  const box = element.querySelector(".omni-words");
  const head = make("p", { class: "omni-words-head" }, make("b", {}, "Read along"));
  const estimated = make("span", { class: "omni-quiet omni-words-estimated", hidden: "" }, "Word times are estimated");
  const text = make("div", { class: "omni-words-text", tabindex: "0", role: "group", "aria-label": "Words: a click plays from there" });
  head.append(estimated);
  box.replaceChildren(head, text);
  const tab = element.closest(".tabitem, [role=tabpanel]") || document;
  let words = [], starts = [], drawn = 0, lit = -1, ticking = false;

  const sound = () => tab.querySelector("#speech-result audio");
  const stream = () => streams.get(tab.querySelector("#speech-player .omni-listen")?.dataset.ticket);
  const clock = () => {
    const live = stream(), file = sound();
    if (live?.busy) return live.position;
    if (file && (!file.paused || file.currentTime > 0)) return file.currentTime;
    return null;
  };
  const light = (number) => {
    if (number === lit) return;
    words[lit]?.classList.remove("omni-word-now");
    lit = number;
    const word = words[number];
    if (!word) return;
    word.classList.add("omni-word-now");
    const top = word.offsetTop - text.offsetTop;
    if (top < text.scrollTop || top + word.offsetHeight > text.scrollTop + text.clientHeight) text.scrollTop = top - text.clientHeight / 3;
  };
  const tick = () => {
    const at = clock();
    light(at === null ? -1 : wordAt(starts, at));
    ticking = element.isConnected && !box.hidden && (stream()?.busy || (sound() && !sound().paused));
    if (ticking) setTimeout(tick, EVERY);
  };
  const start = () => { if (!ticking) tick(); };

  const seek = (number) => {
    if (!(number >= 0 && number < starts.length)) return;
    const live = stream(), file = sound();
    if (file && !live?.busy) {
      file.currentTime = starts[number] + 0.001;
      file.play().catch(() => {});
    } else live?.play(starts[number] + 0.001);
    light(number);
    start();
  };
  text.addEventListener("click", (event) => {
    const word = event.target.closest(".omni-word");
    if (word) seek(words.indexOf(word));
  });
  text.addEventListener("keydown", (event) => {
    const to = { ArrowLeft: Math.max(0, lit - 1), ArrowRight: lit + 1, Home: 0, End: words.length - 1, Enter: Math.max(0, lit) }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    seek(to);
  });

  const draw = (cue) => {
    const line = make("span", { class: "omni-words-cue" });
    if (cue.speaker) line.append(make("b", {}, `${cue.speaker}: `));
    for (const [shown, from] of cue.words) {
      const word = make("span", { class: "omni-word", translate: "no" }, shown.trim());
      words.push(word);
      starts.push(from);
      line.append(word, shown.endsWith(" ") ? " " : "");
    }
    text.append(line, " ");
  };
  let before = [];
  const show = () => {
    const cues = props.value?.cues || [];
    box.hidden = !cues.length;
    estimated.hidden = !props.value?.estimated;
    if (cues.length < drawn || JSON.stringify(cues[0]) !== before[0] || JSON.stringify(cues[drawn - 1]) !== before[1]) {
      text.replaceChildren();
      words = [];
      starts = [];
      drawn = 0;
      lit = -1;
    }
    for (const cue of cues.slice(drawn)) draw(cue);
    drawn = cues.length;
    before = [JSON.stringify(cues[0]), JSON.stringify(cues[drawn - 1])];
    start();
  };
  for (const name of ["play", "seeked"]) document.addEventListener(name, (event) => { if (event.target === sound()) start(); }, true);
  tab.addEventListener("click", (event) => { if (event.target.closest?.(".omni-listen")) start(); });
  watch("value", show);
  show();
});

// --- A text that is spoken while it is typed
let typing = null; // the component as it was drawn last: { ticket, finish }
let armed = false; // begins by itself: the text was begun while nothing had been read of it
const field = () => document.querySelector("#speech-input textarea");
const running = () => !!document.querySelector("#speech-status [data-state=working]");
const latest = new Latest(async (written) => {
  const body = JSON.stringify({ ticket: typing.ticket(), ...written });
  await fetch(`${appRoot()}/omni/typed`, { method: "POST", headers: { "Content-Type": "application/json" }, body }).catch(() => {});
});
const tell = (done = false) => {
  if (typing?.ticket()) latest.give({ text: field().value.slice(0, 100_001), done });
};

document.addEventListener("input", (event) => {
  if (!typing?.ticket() || event.target !== field()) return;
  const text = field().value;
  if (!text.trim()) armed = true;
  if (running()) return tell();
  if (armed && hasSentence(text)) {
    armed = false;
    document.querySelector("#speech-run").click();
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.("#speech-run")) armed = false;
}, true);

// While it runs there is something to finish, and what was typed since the press of Run to be told.
let wasRunning = false;
const look = () => {
  if (!typing) return;
  typing.finish.hidden = !(typing.ticket() && running());
  if (running() && !wasRunning) tell();
  wasRunning = running();
};
const observe = () => {
  const status = document.querySelector("#speech-status");
  if (!status) return setTimeout(observe, 200);
  new MutationObserver(() => { if (running() !== wasRunning) look(); }).observe(status, { childList: true, subtree: true });
};
observe();

defineComponent("speech_typing", ({ element, props, watch }) => {
  const box = element.querySelector(".omni-typing");
  const finish = element.querySelector("#speech-finish");
  finish.addEventListener("click", () => {
    tell(true);
    finish.hidden = true;
  });
  const show = () => {
    typing = { finish, ticket: () => props.value?.ticket };
    box.hidden = !props.value?.ticket;
    armed = !field()?.value.trim();
    look();
  };
  watch("value", show);
  show();
});
