// A call of the history on one timeline: both sides' sound, captions that light up, interruptions, a click jumps there.
import { appRoot, isBusy, make, setBusy } from "../../../core/js/dom.js";
import { sessionId } from "../../../core/js/session.js";
import { clock, lines, litAt, rounds, stretches } from "./timeline.js";

const NAMES = { you: "You", model: "Model" };
const STATUS = { interrupted: "interrupted", failed: "failed" };

const lane = (call, who, seek) => {
  const bar = make("div", { class: `omni-replay-lane omni-replay-${who}`, "aria-hidden": "true" });
  for (const stretch of stretches(call).filter((item) => item.who === who)) {
    const piece = make("span", { class: stretch.cut ? "omni-replay-cut" : "" });
    piece.style.left = `${(100 * stretch.from) / call.duration_ms}%`;
    piece.style.width = `${Math.max(0.3, (100 * (stretch.to - stretch.from)) / call.duration_ms)}%`;
    piece.onclick = (event) => {
      event.stopPropagation();
      seek(stretch.from);
    };
    bar.append(piece);
  }
  return make("div", { class: "omni-replay-row" }, make("b", {}, NAMES[who]), bar);
};

const table = (call) => {
  const rows = rounds(call).map(({ status, server, page }, i) => make("tr", {}, make("td", {}, String(i + 1)),
    make("td", {}, server === null ? "" : `${server} ms`), make("td", {}, page === null ? "" : `${page} ms`), make("td", {}, STATUS[status] || "")));
  const head = make("tr", {}, ...["Answer", "Server", "Page", ""].map((words) => make("th", { scope: "col" }, words)));
  return make("details", {}, make("summary", {}, "End of speech to first sound"), make("table", {}, head, ...rows));
};

/** The timeline of a call. call: its document; source: the address of its sound. */
const replayOf = (call, source) => {
  const audio = make("audio", { src: source, controls: "", preload: "metadata", "aria-label": "The call" });
  const seek = (ms) => {
    audio.currentTime = ms / 1000;
    audio.play();
  };
  const cursor = make("span", { class: "omni-replay-cursor" });
  const track = make("div", { class: "omni-replay-track" }, lane(call, "you", seek), lane(call, "model", seek), cursor);
  const captions = lines(call);
  const list = make("ol", { class: "omni-replay-lines" });
  for (const line of captions) {
    const words = make("button", { type: "button", class: line.heard ? "" : "omni-replay-unheard" },
      make("time", {}, clock(line.at_ms)), make("b", {}, NAMES[line.speaker]), make("span", {}, line.text.trim()));
    words.onclick = () => seek(line.at_ms);
    list.append(make("li", {}, words));
  }
  const light = () => {
    const now = 1000 * audio.currentTime;
    const lit = new Set(litAt(captions, now));
    [...list.children].forEach((item, i) => item.classList.toggle("omni-replay-lit", lit.has(i)));
    track.style.setProperty("--at", Math.min(1, now / (call.duration_ms || 1)));
  };
  audio.ontimeupdate = audio.onseeked = light;
  const box = make("section", { class: "omni-replay", "aria-label": "The call" }, audio, track, list, table(call));
  light();
  return box;
};

const read = async (record, address) => {
  const data = record.files.find((file) => file.here && file.title.endsWith(".json"));
  const answer = data && await fetch(address(record, data), { credentials: "same-origin" }).catch(() => null);
  const call = answer?.ok ? await answer.json().catch(() => null) : null;
  return call?.format === "omni-call" ? call : null;
};

const wait = ({ server }) => (server === null ? "" : `${server} ms`);

/** Two calls side by side, answer by answer. */
const comparison = (before, after) => {
  const [first, second] = [rounds(before), rounds(after)];
  const rows = first.map((round, i) => make("tr", {}, ...[round, second[i]].flatMap((turn) => [
    make("td", {}, turn ? turn.answer || STATUS[turn.status] || "" : ""), make("td", {}, turn ? wait(turn) : "")])));
  const head = make("tr", {}, ...[before.model || "Before", "Server", after.model || "Now", "Server"].map((words) => make("th", { scope: "col" }, words)));
  return make("table", { class: "omni-replay-both" }, head, ...rows);
};

/** A button that asks the same questions of the Chat tab's server, and shows both calls side by side. */
const again = (record, call, address) => {
  const status = make("p", { role: "status", class: "omni-quiet" });
  const press = make("button", { type: "button", class: "omni-small", id: "talk-again" }, "Ask these questions again");
  const box = make("div", { class: "omni-replay-again" }, press, status);
  const count = call.turns.length;
  press.onclick = () => {
    if (isBusy(press)) return;
    setBusy(press, true);
    let answers = 0;
    const socket = new WebSocket(`${appRoot().replace(/^http/, "ws")}/omni/talk`);
    socket.binaryType = "arraybuffer";
    const still = setInterval(() => socket.readyState === WebSocket.OPEN && socket.send('{"type":"still"}'), 5000);
    const end = (text) => {
      clearInterval(still);
      setBusy(press, false);
      status.textContent = text;
      socket.onclose = null;
    };
    socket.onopen = () => socket.send(JSON.stringify({ type: "start", again: record.id, session: sessionId() }));
    socket.onclose = () => end("This page lost its connection. Ask again.");
    socket.onmessage = async ({ data }) => {
      if (typeof data !== "string") return;
      const event = JSON.parse(data);
      if (event.type === "ready") status.textContent = "Asking the Chat tab's server";
      if (event.type === "turn-end") status.textContent = `${(answers += 1)} of ${count} answers`;
      if (event.type !== "ended") return;
      end(event.text || "");
      if (!event.record) return;
      const answer = await fetch(`${appRoot()}/omni/history/${event.record}`, { credentials: "same-origin" });
      const after = answer.ok ? await read(await answer.json(), address) : null;
      if (after) box.replaceChildren(press, status, comparison(call, after));
    };
  };
  return box;
};

/** The same of a record of the history. address(record, file): where a file of it lies. Null where its document is gone. */
export const replay = async (record, address) => {
  const sound = record.files.find((file) => file.here && file.title.endsWith(".wav"));
  const call = sound ? await read(record, address) : null;
  if (!call) return null;
  const box = replayOf(call, address(record, sound));
  if (call.turns.length) box.append(again(record, call, address));
  return box;
};
