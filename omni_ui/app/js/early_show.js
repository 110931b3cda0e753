// Takes what is typed and pressed on the page before Gradio has drawn it (omni_ui/app/loading/early_page.py). It stands
// behind that page in the HTML; early_page.js hands over when Gradio has drawn its own.

/** What was done so far: the tab that was pressed, whether an input method is at work, and what to do at its end. */
export const done = { tab: "", isComposing: false, composed: () => {} };

const listen = (early, words, run) => {
  const { tab } = early.dataset;
  const press = () => { run.setAttribute("aria-busy", "true"); };
  run.addEventListener("click", press);
  early.addEventListener("keydown", (event) => {
    const sends = event.key === "Enter" && !event.isComposing && (event.ctrlKey || event.metaKey || (tab === "chat" && !event.shiftKey));
    if (!sends || event.target !== words) return;
    event.preventDefault();
    press();
  });
  early.addEventListener("click", (event) => {
    const button = event.target.closest("[data-opens]");
    if (!button) return;
    done.tab = button.dataset.opens;
    for (const other of early.querySelectorAll("[data-opens]")) other.dataset.chosen = String(other === button);
  });
  words.addEventListener("compositionstart", () => { done.isComposing = true; });
  words.addEventListener("compositionend", () => { done.isComposing = false; done.composed(); });
};

const early = typeof document === "undefined" ? null : document.getElementById("omni-early");
if (early && document.documentElement.dataset.early) {
  const root = document.documentElement.classList;
  document.body.classList.toggle("dark", root.contains("dark")); // where Gradio keeps it; the head has no body yet
  root.remove("dark");
  listen(early, early.querySelector("textarea"), early.querySelector(".omni-early-run button"));
} else early?.remove();
