// What Gradio's own parts say. They are drawn in the language that holds then, and stay in it when another is chosen.
import { translate } from "../../core/js/language.js";

const WORDS = [
  "Drop Audio Here", "Drop File Here", "Drop Video Here", "- or -", "Click to Upload",
  "Drop an audio file here to upload", "Drop a video file here to upload", "Clear",
  "Record", "Stop", "Pause", "Resume", "No microphone found",
];

/** Looks them up once, so that their English is known where Gradio has drawn them in the language of the page. */
export const knowGradiosWords = () => WORDS.forEach(translate);

/** Gives each tab its name in the language of the page: Gradio does that for those alone whose parts are in the page. */
export const nameTabs = () => {
  for (const tab of document.querySelectorAll("[role=tab][id$='-tab-button']")) {
    const name = translate(tab.id.replace(/^\w/, (letter) => letter.toUpperCase()).replace("-tab-button", ""));
    const text = [...tab.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.nodeValue.trim());
    if (text && text.nodeValue.trim() !== name) text.nodeValue = name;
  }
};
