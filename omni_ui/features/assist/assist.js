// Beside prompts: a longer version, a translation, the description of a picture, and the microphone
// (omni_ui/features/assist/routes.py). What was typed is never lost: both texts are shown, and one click goes back.
import { appRoot, isBusy, make, setBusy } from "../../core/js/dom.js";
import { sessionHeaders } from "../../core/js/session.js";
import { byId, fill } from "../../core/js/tab_elements.js";
import { pictureFields } from "../../widgets/pictures/picture_fields.js";
import { dictate } from "./dictate.js";
import { askLines } from "./lines.js";
import { askOffers } from "./offers.js";

const FIELDS = [
  { tab: "image", id: "image-prompt" },
  { tab: "edit", id: "edit-prompt", picture: "edit-image" },
  { tab: "video", id: "video-prompt", picture: "video-input_reference" },
  { tab: "sound", id: "sound-input" },
  { tab: "speech", id: "speech-input" },
];
const field = (id) => byId(id)?.querySelector("textarea");
const small = (words, act) => make("button", { type: "button", class: "omni-small", "data-act": act }, words);
/** The app's own path of a picture that the page shows. */
const pathOf = (address) => (address?.includes("/file=") ? decodeURIComponent(address.split("/file=")[1]) : "");
let offers = null; // what the app offers this session

/** What stands below one prompt. */
const place = ({ tab, id, picture }) => {
  const home = byId(id);
  if (!home || byId(`${id}-assist`)) return;
  const row = make("div", { class: "omni-assist-row", role: "group", "aria-label": "Help with the prompt" });
  const answer = make("div", { class: "omni-assist-answer" });
  const box = make("div", { class: "omni-assist", id: `${id}-assist` }, row, answer);
  const buttons = { longer: small("Longer", "longer"), translate: small("Translate", "translate"), describe: small("Describe the picture", "describe"), dictate: small("Dictate", "dictate") };
  row.append(...Object.values(buttons));
  home.after(box);
  let running = null;

  // What was wrong is over once something else is written; it would stand below a prompt that is not empty any more.
  home.addEventListener("input", () => { if (answer.querySelector(".omni-assist-error")) answer.replaceChildren(); });

  const update = () => {
    buttons.longer.hidden = !offers.writes || tab === "speech";
    buttons.translate.hidden = !offers.writes;
    buttons.describe.hidden = !picture || !offers.sees || !offers.pictures.includes(tab);
    buttons.dictate.hidden = !offers.hears;
    box.hidden = Object.values(buttons).every((button) => button.hidden);
  };
  const busy = (controller) => {
    running = controller;
    for (const button of Object.values(buttons)) setBusy(button, Boolean(controller));
  };
  const say = (...parts) => answer.replaceChildren(make("p", { class: "omni-quiet", role: "status" }, ...parts));
  const fail = (sentence) => answer.replaceChildren(make("p", { class: "omni-assist-error", role: "alert" }, sentence));

  /** Asks, with a Stop; the last line, null when it was stopped. */
  const ask = async (path, body) => {
    const controller = new AbortController();
    busy(controller);
    const stop = small("Stop", "stop");
    stop.addEventListener("click", () => controller.abort());
    const note = make("span", {}, "Working");
    say(note, " ", stop);
    try {
      const last = await askLines(`${appRoot()}/omni/assist/${path}`, body, sessionHeaders(), controller.signal, (line) => { if (line.note) note.textContent = line.note; });
      if (last.error) fail(last.error);
      return last.error ? null : last;
    } catch (error) {
      if (controller.signal.aborted) say("Stopped. What you entered is still here.");
      else fail(error.message);
      return null;
    } finally { busy(null); }
  };

  const propose = (before, { text, said }) => {
    const area = field(id);
    if (text.trim() === before.trim()) return say("The answer is the same as your prompt. ", said || "");
    const back = small("Back to mine", "back");
    const use = small("Use this", "use");
    const keep = small("Keep mine", "keep");
    const both = make("dl", {}, ...(before.trim() ? [make("dt", {}, "Yours"), make("dd", { translate: "no" }, before)] : []), make("dt", {}, "New"), make("dd", { translate: "no" }, text));
    const acts = make("div", { class: "omni-assist-row" }, use, keep);
    answer.replaceChildren(both, acts, make("p", { class: "omni-quiet", role: "status" }, said || ""));
    use.addEventListener("click", () => {
      const mine = area.value;
      fill(id, text);
      back.onclick = () => { fill(id, mine); answer.replaceChildren(); area.focus(); };
      answer.replaceChildren(make("p", { class: "omni-quiet", role: "status" }, make("span", {}, "The new prompt is filled in; yours is kept with the settings."), " ", back));
      back.focus({ preventScroll: true });
    });
    keep.addEventListener("click", () => { answer.replaceChildren(); area.focus(); });
    use.focus({ preventScroll: true });
  };

  const help = async (task) => {
    if (running) return;
    const prompt = field(id).value;
    if (task !== "describe" && !prompt.trim()) return fail("Prompt is empty: write a few words first.");
    const path = task === "describe" ? pathOf(pictureFields[picture]?.first()) : "";
    if (task === "describe" && !path) return fail("There is no picture to describe: add one first.");
    const last = await ask("prompt", { task, tab, prompt, ...(path ? { picture: { path } } : {}) });
    if (last) propose(prompt, last);
  };
  for (const task of ["longer", "translate", "describe"]) buttons[task].addEventListener("click", () => help(task));
  buttons.dictate.addEventListener("click", async () => {
    const area = field(id);
    if (running || isBusy(buttons.dictate)) return;
    const sound = await dictate({ answer, button: buttons.dictate, longest: offers.longest, fail });
    if (!sound) return;
    const last = await ask("words", { sound });
    if (!last) return;
    const [from, to] = [area.selectionStart ?? area.value.length, area.selectionEnd ?? area.value.length];
    const gap = from && !/\s$/.test(area.value.slice(0, from)) ? " " : "";
    fill(id, area.value.slice(0, from) + gap + last.text + area.value.slice(to));
    say(last.said || "");
    area.focus();
  });
  return update;
};

const updates = [];
const entered = new Set(); // the prompts that were clicked into: what stands below them moves nothing before
const placeAll = () => {
  for (const entry of FIELDS.filter(({ id }) => entered.has(id))) {
    const update = place(entry);
    if (!update) continue;
    updates.push(update);
    update();
  }
};
const look = async () => {
  if (document.hidden) return;
  try { offers = await askOffers(); } catch { return; }
  for (const update of updates) update();
  placeAll();
};
const enter = (element) => {
  const entry = FIELDS.find(({ id }) => element?.closest?.(`#${id}`));
  if (!entry || entered.has(entry.id)) return;
  entered.add(entry.id);
  if (offers) placeAll();
};
export const beginAssist = () => {
  document.addEventListener("focusin", ({ target }) => enter(target));
  enter(document.activeElement);
  look();
  setInterval(look, 20000); // another server may be connected
};
