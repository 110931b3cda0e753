// Requests of the page's own scripts to the app, whose failures are sentences.
import { appRoot } from "./dom.js";

const UNANSWERED = "This page's server does not answer.";

/** The app's answer. Throws `unanswered` when there is none. */
export const askApp = async (path, options = {}, unanswered = UNANSWERED) => {
  const headers = { "x-omni": "1", "content-type": "application/json" };
  const answer = await fetch(`${appRoot()}${path}`, { credentials: "same-origin", headers, ...options }).catch(() => null);
  if (!answer) throw new Error(unanswered);
  return answer;
};
/** The JSON of the app's answer. Throws the app's own sentence when it refuses. */
export const askForJson = async (path, options, unanswered) => {
  const answer = await askApp(path, options, unanswered);
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(typeof body.detail === "string" ? body.detail : "That did not work.");
  return body;
};
