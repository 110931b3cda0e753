// Asks how long a run will take when a setting that counts has changed and rests (omni_ui/features/estimate/estimate.py).
import { defineComponent } from "../../core/js/components.js";
import { isOpenTab } from "../../core/js/tab_elements.js";

const REST = 500; // milliseconds between two looks: a value that two of them see alike is asked about

/** What stands in the controls, as far as the time of a run depends on it. */
const look = (tab, fields) => {
  const seen = fields.map((name) => {
    const part = document.getElementById(`${tab}-${name}`);
    if (!part) return "";
    const values = [...part.querySelectorAll("input, textarea")].map((field) => {
      if (field.type === "checkbox" || field.type === "radio") return field.checked;
      return field.tagName === "TEXTAREA" ? field.value.length : field.value;
    });
    return [...values, part.querySelectorAll("img, audio, video, .file-preview tr, li").length].join();
  });
  const last = document.querySelector(`#${tab}-settings .omni-again`)?.dataset.record || "";
  return [...seen, last, document.querySelector("#omni-state .omni-model")?.textContent].join("|");
};

defineComponent("estimate", ({ trigger, options: { tab, fields } }) => {
  let asked = null;
  let before = null;
  setInterval(() => {
    if (document.hidden || !isOpenTab(tab)) return;
    const now = look(tab, fields);
    if (now === before && now !== asked) {
      asked = now;
      trigger("input");
    }
    before = now;
  }, REST);
});
