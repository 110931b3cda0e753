// What the server behind a tab does not take: its settings are marked, and files that its model refuses are not offered.
const SENTENCE = "Not on this server.";
const KINDS = ["image", "audio", "video"];

/** Marks the settings of a tab by their wire names, and takes the mark off all others of that tab. */
export const markSettings = (tab, names = []) => {
  for (const mark of document.querySelectorAll(`.omni-lacks[data-tab="${tab}"]`)) {
    if (names.includes(mark.dataset.field)) continue;
    mark.parentElement.classList.remove("omni-lacking");
    mark.remove();
  }
  for (const name of names) {
    const control = document.getElementById(`${tab}-${name}`);
    if (!control || control.querySelector(".omni-lacks")) continue;
    const mark = Object.assign(document.createElement("p"), { className: "omni-lacks", id: `${tab}-${name}-lacks`, textContent: SENTENCE });
    Object.assign(mark.dataset, { tab, field: name });
    control.append(mark);
    control.classList.add("omni-lacking");
    for (const input of control.querySelectorAll("input, textarea, select")) {
      const others = (input.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && id !== mark.id);
      input.setAttribute("aria-describedby", [...others, mark.id].join(" "));
    }
  }
};

const sheets = {}; // by tab: the style sheet that hides settings, also those that are drawn later
/** Takes the settings of a tab out of sight that its model does not take; what stands in them is kept. */
export const hideSettings = (tab, names = []) => {
  const rule = hidingRule(tab, names);
  if (!sheets[tab] && !rule) return;
  sheets[tab] ||= document.head.appendChild(document.createElement("style"));
  if (sheets[tab].textContent !== rule) sheets[tab].textContent = rule;
};
/** The style of settings that are not offered, by their wire names; "" for none. */
export const hidingRule = (tab, names) => {
  const selectors = names.filter((name) => /^\w+$/.test(name)).map((name) => `#${tab}-${name},#${tab}-${name}-slot`);
  return selectors.length ? selectors.join() + "{display:none}" : "";
};

const GREETINGS = { // by the kinds of files that a chat's model reads
  "image,audio,video": "Write below, or attach a picture, a recording or a video. The answer appears here.",
  image: "Write below, or attach a picture. The answer appears here.",
  audio: "Write below, or attach a recording. The answer appears here.",
  "": "Write below. The answer appears here.",
};
const become = (element, words) => {
  if (!element || element.dataset.now === words) return; // what is seen may be translated
  element.dataset.now = words;
  element.textContent = words;
};
/** What an empty conversation proposes: files that its model reads, and only what it can answer with. Both are missing
 * where nobody knows. */
export const greet = (takes, makes) => {
  const hello = document.querySelector('#chat-status [data-state="empty"]');
  if (!hello) return;
  const kinds = KINDS.filter((kind) => !takes || takes.includes(kind)).join();
  if (takes) become(hello.querySelector("p"), GREETINGS[kinds] ?? GREETINGS[KINDS.join()]);
  for (const example of hello.querySelectorAll("[data-needs]")) {
    const { needs, words, instead } = example.dataset;
    if (makes) become(example, makes.includes(needs) ? words : instead);
  }
};

/** Offers the kinds of files that the chat's model reads; `kinds` is missing where nobody knows. */
export const offerFiles = (kinds) => {
  const field = document.getElementById("chat-files");
  const picker = field?.querySelector("input[type=file]");
  if (!picker) return;
  const taken = KINDS.filter((kind) => !kinds || kinds.includes(kind));
  const accept = taken.map((kind) => `${kind}/*`).join(",");
  if (picker.accept !== accept) picker.accept = accept;
  const [choose, record] = ["choose", "record"].map((act) => field.querySelector(`[data-act=${act}]`));
  if (choose) choose.hidden = !taken.length;
  if (record) record.hidden = !taken.includes("audio");
};
