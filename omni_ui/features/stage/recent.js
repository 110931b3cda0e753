// The last results of a tab below its stage: a click shows one again, and a picture can be dragged into a field.
import { appRoot, make } from "../../core/js/dom.js";
import { byId, isOpenTab } from "../../core/js/tab_elements.js";
import { fieldAt } from "../../widgets/pictures/picture_fields.js";
import { reopenResult } from "../send_to/send_to.js";

const TABS = ["image", "edit", "video"];
const MOST = 12;
const drawnIds = {}; // by tab: the ids that stand there
const last = {}; // by tab: the record of the result on the stage, "none" without one

const place = (tab) => {
  const stage = byId(`${tab}-settings`)?.closest(".omni-stage");
  if (!stage) return null;
  const existing = stage.querySelector(".omni-recent");
  if (existing) return existing;
  const line = stage.querySelector(".omni-drawer-line .omni-drawers")?.parentElement;
  if (!line) return null;
  const strip = make("div", { class: "omni-recent", role: "group", "aria-label": "Last results", hidden: "" });
  line.append(strip);
  return strip;
};

const fileOf = (record) => record?.files.find((file) => file.here && /^(image|video)\//.test(file.kind));
const addressOf = (record, file) => `${appRoot()}/omni/history/${record.id}/${file.place}`;

/** A video that is still being loaded shows its thumbnail with the sign of play; play_sign.js takes both away. */
const showPoster = (tab, records) => {
  const video = byId(`${tab}-result`)?.querySelector("video");
  const record = records.find(({ id }) => id === last[tab]);
  const file = fileOf(record);
  if (video && file && video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
    video.poster = `${addressOf(record, file)}/thumb`;
    video.closest("#video-result")?.classList.add("omni-plays");
  }
};

const item = (tab, record) => {
  const file = fileOf(record);
  if (!file) return null;
  const address = addressOf(record, file);
  const picture = make("img", { src: `${address}/thumb`, alt: record.prompt, loading: "lazy", decoding: "async", draggable: "false" });
  const button = make("button", { type: "button", class: `omni-recent-item${tab === "video" ? " omni-plays" : ""}`, title: record.prompt, translate: "no" }, picture);
  button.addEventListener("click", () => reopenResult(record.id, tab));
  if (file.kind.startsWith("image/")) {
    button.draggable = true;
    button.addEventListener("dragstart", (event) => {
      event.dataTransfer.effectAllowed = "copy";
      event.dataTransfer.setData("text/x-omni-picture", address);
    });
  }
  return button;
};

const refresh = async (tab) => {
  const strip = place(tab);
  if (!strip) return;
  let records = [];
  try {
    const answer = await fetch(`${appRoot()}/omni/history?tab=${tab}&limit=${MOST}`, { credentials: "same-origin" });
    records = answer.ok ? (await answer.json()).records : [];
  } catch { return; }
  showPoster(tab, records);
  const ids = records.map((record) => record.id).join();
  if (drawnIds[tab] !== ids || !strip.childElementCount) {
    drawnIds[tab] = ids;
    strip.replaceChildren(...records.map((record) => item(tab, record)).filter(Boolean));
  }
  // A single result that stands on the stage is not said twice; after a reload the stage is empty, and it is the way back.
  strip.hidden = strip.childElementCount < (last[tab] === "none" ? 1 : 2);
};

// When a result is there, and when its tab is opened.
setInterval(() => {
  if (document.hidden) return;
  for (const tab of TABS) {
    if (!isOpenTab(tab)) { last[tab] = ""; continue; }
    const record = byId(`${tab}-settings`)?.querySelector(".omni-again")?.dataset.record || "none";
    if (last[tab] === record) continue;
    last[tab] = record;
    refresh(tab);
  }
}, 400);

// --- A picture that is dragged from there into a field of pictures, of any tab, or onto a tab that takes pictures
const dropped = (event) => {
  const types = [...(event.dataTransfer?.types || [])];
  return types.includes("text/x-omni-picture") ? fieldAt(event.target) : null;
};
document.addEventListener("dragover", (event) => { if (dropped(event)) event.preventDefault(); }, { capture: true });
document.addEventListener("drop", async (event) => {
  const field = dropped(event);
  if (!field) return;
  event.preventDefault();
  event.stopPropagation();
  const address = event.dataTransfer.getData("text/x-omni-picture"); // gone after the first wait
  const picture = await (await fetch(address, { credentials: "same-origin" })).blob();
  const name = `picture.${picture.type.split("/").pop() || "png"}`;
  field.add([new File([picture], name, { type: picture.type })]);
}, { capture: true });
