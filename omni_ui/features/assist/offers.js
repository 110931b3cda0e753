// What the app offers for prompts in this session, and which language each tab's model reads: asked once for all that need it.
import { askForJson } from "../../core/js/ask_app.js";
import { sessionHeaders } from "../../core/js/session.js";

let newest = null; // the promise of the answer that was asked for last

/** Asks the app, since another server may be connected by now. */
export const askOffers = () => {
  const asking = askForJson("/omni/assist", { headers: sessionHeaders() });
  newest = asking;
  asking.catch(() => { if (newest === asking) newest = null; });
  return asking;
};
/** What was asked for last; the app is asked where nothing was, or without success. */
export const knownOffers = () => newest ?? askOffers();
