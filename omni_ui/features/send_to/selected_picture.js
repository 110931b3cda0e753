// Of several pictures the buttons below act on the selected one, and say which that is.
import { byId } from "../../core/js/tab_elements.js";
import { selectedPicture } from "../../widgets/pictures/gallery.js";

const TABS = ["image", "edit"];
const watched = new Set();

/** What a row of "Send to" says; name: of the selected picture, "" where there is one alone. */
const sendWords = (name) => {
  const [first, second] = name.match(/\d+/g) || [];
  if (/^Layer/.test(name)) return `Send layer ${first} to`;
  if (second) return `Send picture ${first}, layer ${second} to`;
  return first ? `Send picture ${first} to` : "Send to";
};

const nameRow = (row, words) => {
  if (row.dataset.words === words) return; // what stands there may be its translation
  row.dataset.words = words;
  row.setAttribute("aria-label", words);
  row.querySelector(".omni-quiet").textContent = words;
};

const mark = (tab, place) => {
  const { at, name } = selectedPicture(`${tab}-result`);
  const downloads = [...place.querySelectorAll(".omni-recipe [data-do=take]")];
  downloads.forEach((button, number) => button.classList.toggle("omni-rest", number !== Math.min(at, downloads.length - 1)));
  const row = place.querySelector(".omni-send[data-kind=image]");
  if (row && (name || row.dataset.words)) nameRow(row, sendWords(name));
};

const follow = (tab) => {
  const place = byId(`${tab}-settings`);
  if (!place) return;
  if (!watched.has(place)) {
    watched.add(place);
    // Where the next result has the same buttons, Gradio changes no more than their attributes.
    new MutationObserver(() => mark(tab, place)).observe(place, { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "data-record"] });
  }
  mark(tab, place);
};
document.addEventListener("omni-selected", ({ detail }) => { for (const tab of TABS) if (detail === `${tab}-result`) follow(tab); });
