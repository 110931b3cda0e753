// One drawer below a result: its settings, its code, or the comparison of settings (omni_ui/features/stage/drawer.py).

/** Opens one of them in the tab, or closes all with "". */
const openDrawer = (tab, name) => {
  const stage = document.querySelector(`#${tab}-tab .omni-stage`);
  if (!stage) return;
  stage.dataset.drawer = name;
  for (const button of stage.querySelectorAll(".omni-drawers button")) button.setAttribute("aria-expanded", String(button.dataset.drawer === name));
  const form = document.getElementById(`${tab}-grid-form`);
  if (form) form.open = name === "compare";
};

const CONTENTS = { settings: ".omni-recipe > details", code: ".omni-code-place", compare: ".omni-grid-form" };
/** The row of drawers often stands at the window's lower edge, where what is opened would not be seen. */
const showContents = (tab, name) => {
  const contents = document.querySelector(`#${tab}-tab .omni-stage`)?.querySelector(CONTENTS[name]);
  contents?.scrollIntoView({ block: "nearest" });
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".omni-drawers button");
  if (!button) return;
  const open = button.getAttribute("aria-expanded") === "true";
  const { tab } = button.closest("[data-tab]").dataset;
  openDrawer(tab, open ? "" : button.dataset.drawer);
  if (!open) showContents(tab, button.dataset.drawer);
});
