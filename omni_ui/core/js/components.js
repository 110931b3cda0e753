// The scripts of components, by name. The app writes the name into a component's template (omni_ui/core/scripts.py);
// Gradio then runs one constant line for each component, which ends up in `mount`.
const components = new Map(); // by name: (context) => void
const actions = new Map(); // by name: (...values) => result, called by the app's events
const receivers = new Map(); // by name: (value) => void, for values that the app pushes
const loaders = new Map(); // by name: loads the module that defines it

/** context: Gradio's { element, props, trigger, watch, upload }, and `options` that the app gave. */
export const defineComponent = (name, mountComponent) => components.set(name, mountComponent);

/** What an event of the app may call in the browser. Gets the event's constants first, then the values. */
export const defineAction = (name, act) => actions.set(name, act);

/** What the app pushes to an open page past Gradio's updates (omni_ui/core/serving/page_push.py). */
export const onPush = (name, receive) => receivers.set(name, receive);

/** Takes in an event of the connection by which the page tells that it is open; signs of life hold nothing. */
export const push = (text) => {
  if (!text.startsWith("{")) return;
  const { to, value } = JSON.parse(text);
  receivers.get(to)?.(value);
};

/** These components and actions are defined by a module that is loaded when the first of them is needed. */
export const loadLater = (load, ...names) => names.forEach((name) => loaders.set(name, load));

/** Loads the modules of these components: they then begin as soon as they are drawn, and nothing moves once they do. */
export const loadComponents = (names) => Promise.allSettled(names.filter((name) => !components.has(name)).map((name) => loaders.get(name)?.()));

const find = async (kind, name) => {
  if (!kind.has(name)) await loaders.get(name)?.();
  if (!kind.has(name)) throw new Error(name);
  return kind.get(name);
};

const showFailure = (element) => {
  const note = document.createElement("p");
  note.className = "omni-error";
  note.setAttribute("role", "alert");
  note.textContent = "This part of the page could not be loaded. Reload the page.";
  element.append(note);
};

/** Mounts the component whose name stands in the element that Gradio drew. */
export const mount = async (context) => {
  const { component, options } = context.element.querySelector("template[data-component]").dataset;
  const start = (mountComponent) => mountComponent({ ...context, options: JSON.parse(options) });
  if (components.has(component)) return start(components.get(component)); // at once, before anything is painted
  try {
    start(await find(components, component));
  } catch (error) {
    showFailure(context.element);
    throw error;
  }
};

/** Calls an action; the result goes back to the app's event. */
export const call = async (name, ...values) => (await find(actions, name))(...values);

/** Takes over from the queue of the page's head, which holds what was asked for before the modules were there. */
export const takeOver = (queue) => {
  const waiting = queue.waiting.splice(0);
  Object.assign(queue, { mount, call, push });
  for (const [name, values, done] of waiting) done({ mount, call, push }[name](...values));
};
