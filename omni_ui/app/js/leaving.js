// Leaving the page while a run is under way asks once; video jobs outlive the page and need no question.
import { TABS, byId } from "../../core/js/tab_elements.js";
import { isConnectionLost } from "../../features/drafts/running_tabs.js";

const OUTLIVING = ["video"];
const isRunning = (name) => Boolean(byId(`${name}-status`)?.querySelector('[data-state="working"]'));
let asked = false;
// Looked at from time to time: when the page is left Gradio ends its connection first, and says that it was lost.
let isLost = false;
setInterval(() => { isLost = isConnectionLost(document); }, 500);
let isReloaded = false;
/** The page reloads itself: nothing is left to be asked. */
export const leaveWithoutAsking = () => { isReloaded = true; };
addEventListener("beforeunload", (event) => {
  const running = TABS.some((name) => !OUTLIVING.includes(name) && isRunning(name));
  if (!running) asked = false;
  else if (isLost || isReloaded) return; // Gradio reloads the page by itself: nothing is left to be asked
  else if (!asked) {
    asked = true;
    event.preventDefault();
  }
});
