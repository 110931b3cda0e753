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
