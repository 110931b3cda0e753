// A number that may be empty, with a slider where it has bounds (omni_ui/widgets/fields.py).
import { defineComponent } from "../core/js/components.js";

defineComponent("number", ({ element, props, trigger, watch }) => {
  const number = element.querySelector("input[type=number]");
  const range = element.querySelector("input[type=range]");
  const clear = element.querySelector(".omni-number-box button");
  const optional = element.querySelector(".omni-number").dataset.optional === "true"; // Gradio drops props on a skip
  const read = (value) => (value === "" || value === null || value === undefined ? null : Number(value));
  const show = () => {
    const value = read(props.value);
    if (read(number.value) !== value) number.value = value ?? "";
    if (range) { range.value = value ?? range.min; range.classList.toggle("omni-unset", value === null); }
    clear.hidden = value === null || !optional;
  };
  const set = (value) => {
    if (read(props.value) === read(value)) return;
    props.value = read(value);
    show();
    trigger("input");
  };
  number.addEventListener("input", () => set(number.value));
  range?.addEventListener("input", () => { number.value = range.value; set(range.value); });
  clear.addEventListener("click", () => { number.value = ""; set(null); number.focus(); });
  watch("value", show);
  show();
});
