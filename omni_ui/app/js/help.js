// The sheet of keys and gestures: the ? key while nothing is typed, or the button of the header.
const STORE = "omni_help_key"; // "off" where the ? key belongs to something else, such as speech control
const KEYS = [
  ["Everywhere"],
  ["Ctrl+Enter", "Runs the open tab. On a Mac also Cmd+Enter."],
  ["Esc", "Stops the run, or closes what is open over the page."],
  ["?", "Shows this sheet when you are not typing."],
  ["Chat"],
  ["Enter", "Sends the message."],
  ["Shift+Enter", "Starts a new line."],
  ["Paste, drop", "Attaches files to the message."],
  ["Pictures"],
  ["Paste, drop", "Adds a picture to its field."],
  ["Drag", "Moves the line between before and after; arrow keys work too."],
  ["Mask"],
  ["Drag", "Paints with mouse, pen or finger."],
  ["Arrow keys", "Move the brush; with Shift, further."],
  ["Space", "Paints where the brush is."],
  ["Settings"],
  ["Drop", "Loads the settings in a result's file: drop it anywhere."],
];
const make = (tag, more = {}, ...inside) => {
  const element = Object.assign(document.createElement(tag), more);
  element.append(...inside);
  return element;
};
const wanted = () => { try { return localStorage.getItem(STORE) !== "off"; } catch { return true; } };

const sheet = () => {
  const dialog = make("dialog", { id: "omni-help" });
  dialog.setAttribute("aria-labelledby", "omni-help-title");
  const table = make("table");
  for (const [key, does] of KEYS) {
    const row = make("tr");
    if (!does) row.append(make("th", { colSpan: 2, scope: "rowgroup", textContent: key }));
    else row.append(make("th", { scope: "row" }, make("b", { className: "omni-key", textContent: key })), make("td", { textContent: does }));
    table.append(row);
  }
  const own = make("input", { type: "checkbox", checked: wanted() });
  own.addEventListener("change", () => { try { localStorage.setItem(STORE, own.checked ? "on" : "off"); } catch { /* not remembered */ } });
  const close = make("button", { type: "button", className: "omni-small", textContent: "Close" });
  close.addEventListener("click", () => dialog.close());
  dialog.append(
    make("h2", { id: "omni-help-title", tabIndex: -1, autofocus: true, textContent: "Keys and gestures" }),
    table,
    make("label", {}, own, make("span", { textContent: "The ? key opens this sheet" })),
    close,
  );
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); }); // beside the sheet
  document.body.append(dialog);
  return dialog;
};
const open = () => {
  const dialog = document.getElementById("omni-help") || sheet();
  if (!document.querySelector("dialog[open]")) dialog.showModal(); // the browser gives the focus back afterwards
};

document.addEventListener("click", (event) => { if (event.target.closest?.("#omni-help-button")) open(); });
document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable=true], [role=application], dialog") || !wanted()) return;
  event.preventDefault();
  open();
});
