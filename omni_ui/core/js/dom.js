// What most scripts need: the address of the app, new elements, buttons, downloads.

/** The address of the app without a slash at its end, also below a path. */
export const appRoot = () => (window.gradio_config?.root || location.origin + location.pathname).replace(/\/$/, "");

/** An element with attributes, and in it texts or other elements; null and undefined are left out. */
export const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

/** Calls `does` when what has changed until now has been drawn: what comes into sight in the same frame as it moves is
 * seen to move. */
export const onceDrawn = (does) => requestAnimationFrame(() => setTimeout(does));

/** How the page scrolls by itself: at once for those who asked for no motion. */
export const scrollBehavior = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth");

/** A small button with words in it. does: called with the button when it is pressed. */
export const smallButton = (words, does, more = {}) => {
  const button = make("button", { type: "button", class: "omni-small", ...more }, words);
  button.addEventListener("click", () => does(button));
  return button;
};

/** Downloads what the page holds as a file of that name. */
export const downloadBlob = (blob, name) => {
  const link = make("a", { download: name, href: URL.createObjectURL(blob) });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000); // the browser may still be reading
};

/** Whether a button waits for the work that it started. */
export const isBusy = (button) => button.getAttribute("aria-busy") === "true";

/** Marks a button as busy. It is not disabled meanwhile, which would take the focus from whoever pressed it by a key. */
export const setBusy = (button, busy) => {
  for (const name of ["aria-busy", "aria-disabled"]) busy ? button.setAttribute(name, "true") : button.removeAttribute(name);
};
