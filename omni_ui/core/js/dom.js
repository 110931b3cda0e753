// What most scripts need: the address of the app, and new elements.

/** The address of the app without a slash at its end, also below a path. */
export const appRoot = () => (window.gradio_config?.root || location.origin + location.pathname).replace(/\/$/, "");

/** An element with attributes, and in it texts or other elements; null and undefined are left out. */
export const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};
