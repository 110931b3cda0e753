// What several of the page's scripts need. It stands before them.
window.omniTools = {
  // The address of the app, also below a path.
  root: () => (window.gradio_config?.root || location.origin + location.pathname).replace(/\/$/, ""),
  // An element with attributes, and in it words or other elements; null is left out.
  make: (tag, attributes = {}, ...inside) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...inside.filter((one) => one !== null && one !== undefined));
    return made;
  },
};
