// The demo says once what it is; whoever closes that does not see it again in this browser. It comes with the page
// (omni_ui/features/servers/note.py), so that nothing moves when the server has been asked.
const SEEN = "omni_demo_notice_closed"; // in localStorage; read in head.js, too
const text = "Demo: simple drawings and sounds, no AI model behind them.";
const isClosed = () => document.documentElement.hasAttribute("data-demo-closed");
document.addEventListener("click", (event) => {
  if (!event.target.closest?.(".omni-notice[data-state=demo] button")) return;
  document.documentElement.toggleAttribute("data-demo-closed", true);
  try { localStorage.setItem(SEEN, "yes"); } catch { /* storage is off: it stays closed until the page is left */ }
  document.querySelector("#omni-tabs [role=tab][aria-selected=true]")?.focus();
  for (const notice of document.querySelectorAll(".omni-notice[data-state=demo]")) notice.remove();
});

/** Shows the notice of one tab, unless it was closed before. */
export const showDemoNotice = (place) => {
  const notice = place.querySelector(".omni-notice[data-state=demo]");
  if (notice && !isClosed()) return;
  const box = document.createElement(isClosed() ? "span" : "div");
  box.className = isClosed() ? "omni-fine" : "omni-notice";
  place.replaceChildren(box);
  if (isClosed()) return;
  box.dataset.state = "demo";
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  button.setAttribute("aria-label", "Close this note");
  box.append(Object.assign(document.createElement("span"), { textContent: text }), button);
};
