// Answers that come as lines of JSON.

/** Whole lines of a text, and what is left of it. */
export const splitLines = (text) => {
  const lines = text.split("\n");
  const rest = lines.pop();
  return { lines: lines.filter((line) => line.trim()).map((line) => JSON.parse(line)), rest };
};

/** Posts `body` and hands on each line; the last one. Throws a sentence where the app does not answer as it should. */
export const askLines = async (url, body, headers, signal, onLine) => {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body), signal, headers: { "Content-Type": "application/json", ...headers } });
  if (!response.ok) {
    const { detail } = await response.json().catch(() => ({}));
    throw new Error(typeof detail === "string" ? detail : `The app answered ${response.status}.`);
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let [rest, last] = ["", null];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const split = splitLines(rest + value);
    rest = split.rest;
    for (const line of split.lines) { last = line; onLine(line); }
  }
  if (!last || (last.text === undefined && !last.error)) throw new Error("The answer is incomplete: try again.");
  return last;
};
