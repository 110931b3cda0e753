// Whether the page before Gradio has drawn it (omni_ui/app/loading/early_page.py) is shown. It runs in the page's head,
// so that the first picture that the browser draws has it: `data-early` of the document is "shown", "waits" (for the
// texts of another language) or absent.
import { pageLanguage } from "../../features/i18n/choose_language.js";

/** Whether the page begins with this tab. hash: of the address. remembered: the tab of the browser's history, if any. */
export const isSeenFirst = (tab, hash, remembered, search) =>
  (hash === "" || hash === `#${tab}`) && (!remembered || remembered === tab) && !/[?&](job|view|deep_link)=/.test(search);

const tab = typeof document === "undefined" ? "" : document.querySelector("meta[name=omni-first-tab]")?.content;
if (tab && isSeenFirst(tab, location.hash, history.state?.omniTab, location.search)) {
  const { classList, dataset } = document.documentElement;
  const theme = new URLSearchParams(location.search).get("__theme");
  if (theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches)) classList.add("dark");
  dataset.early = pageLanguage() === "en" ? "shown" : "waits";
}
