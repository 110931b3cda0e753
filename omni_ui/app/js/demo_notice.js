// The demo says once what it is; whoever closes that does not see it again in this browser.
const SEEN = "omni_demo_notice_closed";
const text = "Demo: simple drawings and sounds, no AI model behind them.";
let closed = false;
const isClosed = () => {
  try { return closed || localStorage.getItem(SEEN) === "yes"; } catch { return closed; }
};
const close = () => {
  closed = true;
  try { localStorage.setItem(SEEN, "yes"); } catch { /* storage is off: it stays closed until the page is left */ }
  const tab = document.querySelector("#omni-tabs [role=tab][aria-selected=true]");
  for (const notice of document.querySelectorAll(".omni-notice[data-state=demo]")) notice.remove();
  tab?.focus();
};

/** Fills the notice of one tab; false when it was closed before. */
export const fillDemoNotice = (box) => {
  if (isClosed()) return false;
  box.append(Object.assign(document.createElement("span"), { textContent: text }));
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  button.setAttribute("aria-label", "Close this note");
  button.addEventListener("click", close);
  box.append(button);
  return true;
};
