// A link behind Run that leads the keyboard to the result, past all settings. It is seen while it has the focus.
import { make } from "../../core/js/dom.js";
import { byId } from "../../core/js/tab_elements.js";

/** A sound is played first. Of the buttons in sight below a result Download is the first, where there is a file. */
const firstAction = (tab) => {
  const play = [...document.querySelectorAll(`#${tab}-tab :is(.omni-sound-play, .omni-listen-play)`)].find((button) => button.checkVisibility());
  if (play) return play;
  const buttons = [...(byId(`${tab}-settings`)?.querySelectorAll("button") || [])].filter((button) => button.checkVisibility());
  return buttons.find((button) => button.dataset.do === "take") || buttons[0];
};

// Before the Tab key leaves Run, which may have had the focus since before there was a result.
document.addEventListener("keydown", ({ key, target }) => {
  if (key !== "Tab") return;
  const tab = /^(\w+)-run$/.exec(target.id || "")?.[1];
  const row = tab && target.closest(".omni-buttons");
  if (!row) return;
  const existing = row.querySelector(".omni-skip");
  if (existing || !firstAction(tab)) {
    if (existing) existing.hidden = !firstAction(tab);
    return;
  }
  const link = make("a", { href: `#${tab}`, class: "omni-skip" }, "Skip to the result");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    firstAction(tab)?.focus();
  });
  row.append(link);
});
