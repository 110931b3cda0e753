// The panel of saved voices got the recording of a run: what is still missing is a name.
import { defineAction } from "../../core/js/components.js";

const PATIENCE = 3000; // ms in which Gradio draws what is in a fold that was just opened
defineAction("name_voice", () => {
  const until = Date.now() + PATIENCE;
  const go = () => {
    const name = document.querySelector("#speech-voice-name input");
    if (!name?.offsetParent) return Date.now() < until && setTimeout(go, 50);
    name.scrollIntoView({ block: "center" });
    name.focus({ preventScroll: true });
    return true;
  };
  go();
  return [];
});
