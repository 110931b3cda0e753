// What Gradio's own parts say. They are drawn in the language that holds then, and stay in it when another is chosen.
import { translate } from "../../core/js/language.js";

const WORDS = ["Drop Audio Here", "Drop File Here", "Drop Video Here", "- or -", "Click to Upload"];

/** Looks them up once, so that their English is known where Gradio has drawn them in the language of the page. */
export const knowGradiosWords = () => WORDS.forEach(translate);
