// The Explore button of a number: four values of it, side by side.
const MINUTES = ["video"]; // tabs in which each of the four may take minutes of the server: a second press starts them
const ASKED = 4000; // ms that the question stands

const ask = (button) => {
  const [words, label] = [button.textContent, button.getAttribute("aria-label")];
  const show = (text, name) => { button.textContent = text; button.setAttribute("aria-label", name); };
  button.dataset.asked = "yes";
  show("Make 4?", "Make 4?");
  setTimeout(() => {
    delete button.dataset.asked;
    show(words, label);
  }, ASKED);
};

/** boards: by tab what begins the four of a field. */
export const listenForExplore = (boards) => document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".omni-explore");
  if (!button) return;
  const { tab, field, asked } = button.dataset;
  if (MINUTES.includes(tab) && !asked) ask(button);
  else boards[tab]?.(field);
});
