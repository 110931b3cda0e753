// The voices of the server as cards (omni_ui/features/voices/cards.py): a sample of each, and a click to use it.
import { defineAction, defineComponent } from "../../core/js/components.js";
import { appRoot, make } from "../../core/js/dom.js";
import { sessionHeaders } from "../../core/js/session.js";

const FEW = 12; // cards that are seen before all are asked for
let mark = () => {};
defineAction("mark_voice", ([voice]) => { mark(String(voice || "")); return []; });

const problemOf = async (answer) => {
  const { detail } = await answer.json().catch(() => ({}));
  return typeof detail === "string" ? detail : `The app answered ${answer.status}.`;
};

defineComponent("voice_cards", ({ element, props, trigger, watch }) => {
  const box = element.querySelector(".omni-voice-cards");
  const grid = box.querySelector(".omni-voice-grid");
  const note = box.querySelector(".omni-voice-note");
  const audio = box.querySelector("audio");
  const sounds = new Map(); // by voice: the address of its sample in this page
  let chosen = "";
  let isWhole = false; // whether all cards are seen
  let playing = ""; // the voice that is heard, or will be once its sample is there
  let loaded = ""; // the voice whose sample the player has

  const show = () => {
    for (const card of grid.querySelectorAll(".omni-voice-card")) {
      card.querySelector(".omni-voice-choose").setAttribute("aria-pressed", String(card.dataset.voice === chosen));
      card.toggleAttribute("data-playing", card.dataset.voice === playing);
    }
  };
  mark = (voice) => { chosen = voice; show(); };

  const soundOf = async (voice) => {
    if (sounds.has(voice)) return sounds.get(voice);
    const answer = await fetch(`${appRoot()}/omni/voices/sample`, {
      method: "POST", headers: { "Content-Type": "application/json", ...sessionHeaders() }, body: JSON.stringify({ voice }),
    });
    if (!answer.ok) throw new Error(await problemOf(answer));
    sounds.set(voice, URL.createObjectURL(await answer.blob()));
    return sounds.get(voice);
  };
  const play = async (card) => {
    note.textContent = "";
    if (playing === card.value) { audio.pause(); return; }
    audio.pause();
    playing = card.value;
    show();
    try {
      const sound = await soundOf(card.value);
      if (playing !== card.value) return; // another one was asked for meanwhile
      loaded = card.value;
      audio.src = sound;
      await audio.play();
    } catch (error) {
      if (playing !== card.value) return;
      playing = "";
      show();
      note.textContent = `This voice cannot be played now. ${error.message}`;
    }
  };
  for (const name of ["pause", "ended"]) audio.addEventListener(name, () => { if (playing === loaded) { playing = ""; show(); } });

  const cardOf = (card) => {
    const about = [card.saved ? "saved" : card.language, card.sound].filter(Boolean).flatMap((words, at) => [at ? " · " : null, make("span", {}, words)]);
    const choose = make("button", { type: "button", class: "omni-voice-choose", "aria-pressed": "false" },
      make("b", { translate: "no" }, card.name), make("span", { class: "omni-quiet" }, ...about.filter(Boolean)));
    choose.addEventListener("click", () => {
      chosen = chosen === card.value ? "" : card.value;
      props.value = chosen;
      trigger("input");
      show();
    });
    const shell = make("div", { class: "omni-voice-card", "data-voice": card.value }, choose);
    if (card.can) {
      const listen = make("button", { type: "button", class: "omni-voice-play", "aria-label": `Listen to ${card.name}` });
      listen.addEventListener("click", () => play(card));
      shell.append(listen);
    }
    return shell;
  };

  let drawn = "";
  const draw = () => {
    const cards = props.cards || [];
    const key = JSON.stringify([cards, isWhole]);
    if (key === drawn) return;
    drawn = key;
    box.hidden = !cards.length;
    grid.replaceChildren(...(isWhole ? cards : cards.slice(0, FEW)).map(cardOf));
    if (!isWhole && cards.length > FEW) {
      const all = make("button", { type: "button", class: "omni-small" }, `Show all ${cards.length} voices`);
      all.addEventListener("click", () => { isWhole = true; draw(); grid.children[FEW].querySelector("button").focus(); });
      grid.append(all);
    }
    show();
  };
  watch("cards", draw);
  draw();
});
