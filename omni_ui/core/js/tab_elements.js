// The tabs that run something, and their elements.

/** Named by the app in the page's head. */
export const TABS = (globalThis.document?.querySelector?.("meta[name=omni-tabs]")?.content || "").split(" ").filter(Boolean);
export const byId = (id) => document.getElementById(id);
/** Whether a tab is the one that is seen. Asking for an `offsetParent` instead would lay the whole page out anew. */
export const isOpenTab = (name) => byId(`${name}-tab-button`)?.getAttribute("aria-selected") === "true" && !!byId(`${name}-run`);
/** The name of the tab that is seen, "" for one that runs nothing. */
export const openTab = () => TABS.find(isOpenTab) || "";

/** Enters a text into a field of Gradio. */
export const fill = (id, text) => {
  const field = byId(id)?.querySelector("textarea, input");
  if (!field || field.value === text) return;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
