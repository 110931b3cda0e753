// The switch beside Send: whether answers are spoken. It is a setting that is seen: "Speech" among the things to answer
// with where the model itself speaks, else "Read answers aloud" where another server reads them.
import { defineComponent } from "../../../core/js/components.js";

const settings = () => document.querySelector("#chat-tab .omni-controls");
/** The box of the setting that the switch stands for; null where nobody speaks. */
const box = () => {
  const [own, reader] = ["#chat-modalities input[name=audio]", "#chat-read_aloud input"].map((selector) => document.querySelector(selector));
  return own || reader;
};

defineComponent("chat_speak", ({ element }) => {
  const button = element.querySelector("button");
  const show = () => {
    const held = box();
    button.hidden = !held;
    const pressed = String(Boolean(held?.checked));
    if (button.getAttribute("aria-pressed") !== pressed) button.setAttribute("aria-pressed", pressed);
  };
  button.addEventListener("click", () => { box()?.click(); setTimeout(show, 50); });
  document.getElementById("chat-tab")?.addEventListener("change", () => setTimeout(show, 50));
  // A box that the app or a draft sets tells nobody but Gradio, which marks its label.
  if (settings()) new MutationObserver(show).observe(settings(), { childList: true, subtree: true, attributeFilter: ["class"] });
  show();
});
