// The list of a visitor's videos (omni_ui/features/video/jobs/routes.py), and the length of a video in other terms.
import { defineComponent } from "../../../core/js/components.js";
import { appRoot, make } from "../../../core/js/dom.js";
import { formatAge } from "../../../core/js/format.js";
import { sourceOf, translate } from "../../../core/js/language.js";
import { oneAtATime } from "../../../core/js/one_at_a_time.js";
import { isOpenTab } from "../../../core/js/tab_elements.js";
import "../play_sign.js";
import { describeLength } from "./length.js";
import { rememberRunning } from "./running.js";

const POLL = 2000;
const SURE = 6000;

let opened = false; // the first look has opened what there was to open

defineComponent("video_jobs", ({ element, props, trigger }) => {
  const box = element.querySelector(".omni-jobs");
  const list = box.querySelector(".omni-job-list");
  const trouble = box.querySelector(".omni-jobs-trouble");
  let jobs = [];
  let last = "";
  let timer = null;

  const call = (path, method) => fetch(`${appRoot()}/omni/jobs${path}`, { method, credentials: "same-origin" });
  const open = (ticket) => {
    if (element.checkVisibility?.()) history.replaceState(history.state, "", `#video/${ticket}`);
    props.value = "";
    props.value = ticket;
    trigger("input");
  };
  const act = async (job, path, method) => {
    const answer = await call(`/${job.ticket}${path}`, method).catch(() => null);
    if (!answer?.ok && answer?.status !== 404) {
      trouble.textContent = (await answer?.json().catch(() => null))?.detail || "This page's server does not answer.";
      trouble.hidden = false;
    }
    await ask();
  };

  const button = (job, words, does) => {
    const element = make("button", { type: "button", "data-does": words.toLowerCase() }, words);
    element.setAttribute("aria-label", `${words}: ${job.prompt.slice(0, 60)}`);
    element.addEventListener("click", () => does(element));
    return element;
  };
  /** Deleting cannot be undone: the first press asks, the second one does it. */
  const sure = (does) => (pressed) => {
    if (pressed.dataset.sure) return does();
    const words = pressed.textContent;
    pressed.dataset.sure = "1";
    pressed.textContent = "Really?";
    setTimeout(() => { delete pressed.dataset.sure; pressed.textContent = words; }, SURE);
  };
  const copy = (job) => (pressed) => {
    const link = `${appRoot()}/?job=${encodeURIComponent(job.ticket)}`;
    const confirm = (words) => { pressed.textContent = words; setTimeout(() => (pressed.textContent = "Link"), 1500); };
    const written = navigator.clipboard?.writeText(link);
    written ? written.then(() => confirm("Copied"), () => prompt("The link to this video:", link)) : prompt("The link to this video:", link);
  };

  const row = (job) => {
    const item = make("li", { "data-ticket": job.ticket, "data-state": job.state });
    const head = make("div", { class: "omni-job-head" });
    head.append(make("span", { class: "omni-job-state" }, job.words), make("span", { class: "omni-job-prompt" }, job.prompt));
    if (job.open) head.append(make("span", { class: "omni-clock", "data-since": job.seconds.toFixed(2) }, ""));
    else head.append(make("span", { class: "omni-quiet" }, formatAge(Date.now() / 1000 - job.created)));
    item.append(head);
    if (job.note && job.note !== job.words) item.append(make("p", { class: job.state === "failed" ? "omni-error" : "omni-quiet" }, job.note));
    const recipe = make("p", { class: "omni-quiet omni-job-recipe" });
    recipe.append(make("span", { translate: "no" }, job.model || ""));
    for (const [name, value] of job.settings) recipe.append(recipe.textContent ? " · " : "", make("span", {}, name), " ", make("span", { translate: "no" }, value));
    item.append(recipe);
    const tools = make("div", { class: "omni-job-tools" });
    tools.append(button(job, job.video ? "Open" : "Show", () => open(job.ticket)));
    if (job.video) {
      const address = `${appRoot()}/omni/jobs/${job.ticket}/video?download=true`;
      tools.append(make("a", { href: address, download: "video.mp4", "aria-label": `Download: ${job.prompt.slice(0, 60)}` }, "Download"));
    }
    if (job.fetch) tools.append(button(job, "Fetch", () => act(job, "/fetch", "POST")));
    tools.append(button(job, "Link", copy(job)));
    if (job.open) tools.append(button(job, "Cancel", () => act(job, "/cancel", "POST")));
    else tools.append(button(job, "Delete", sure(() => act(job, "", "DELETE"))));
    item.append(tools);
    return item;
  };

  /** A row is drawn again only when something about its job changed, and the focus stays where it was. */
  const show = () => {
    const key = (job) => JSON.stringify({ ...job, seconds: job.open ? 0 : job.seconds });
    const now = jobs.map(key).join();
    box.hidden = !jobs.length && trouble.hidden;
    if (now === last) return;
    last = now;
    const held = document.activeElement?.closest?.(".omni-job-list li");
    const [ticket, does] = [held?.dataset.ticket, document.activeElement?.dataset?.does];
    const at = [...list.children].indexOf(held);
    const old = Object.fromEntries([...list.children].map((item) => [item.dataset.ticket, item]));
    list.replaceChildren(...jobs.map((job) => {
      const earlier = old[job.ticket];
      if (earlier?.dataset.key === key(job)) return earlier;
      const item = row(job);
      item.dataset.key = key(job);
      return item;
    }));
    if (ticket) {
      const again = list.querySelector(`li[data-ticket="${CSS.escape(ticket)}"]`) || list.children[Math.min(at, jobs.length - 1)];
      (again?.querySelector(`[data-does="${does}"]`) || again?.querySelector("button") || document.getElementById("video-run"))?.focus({ preventScroll: !again });
    }
  };

  const isRunning = () => document.querySelector("#video-status .omni-status")?.dataset.state === "working";
  const ask = oneAtATime(async () => {
    if (!element.isConnected) return;
    try {
      const answer = await (await call("", "GET")).json();
      jobs = answer.jobs;
      rememberRunning(jobs);
      trouble.textContent = answer.trouble;
      trouble.hidden = !answer.trouble;
      show();
    } catch { /* the header says that the app does not answer; the list stays */ }
    clearTimeout(timer);
    // Nothing open: nothing changes by itself, and nothing is asked.
    if (isRunning() || jobs.some((job) => job.open)) timer = setTimeout(() => (document.hidden ? null : ask()), POLL);
  });

  document.addEventListener("visibilitychange", () => document.hidden || ask());
  document.addEventListener("omni-made-aside", () => ask()); // a cell of a grid is a job, too
  // Observed, and not looked at now and then: a short run is over before the next look.
  const isTick = ({ target }) => (target.closest ? target : target.parentElement)?.closest(".omni-clock");
  const observer = new MutationObserver((changes) => changes.every(isTick) || ask());
  let observed = null;
  const observe = () => {
    const place = document.getElementById("video-status");
    if (!place || place === observed) return;
    observed = place;
    observer.disconnect();
    observer.observe(place, { childList: true, subtree: true, characterData: true });
    if (isRunning()) ask();
  };
  setInterval(observe, 500);
  observe();

  // The first look: what the link names, else the newest that is being made or is there.
  ask().then(() => {
    if (opened) return;
    opened = true;
    const linked = new URLSearchParams(location.search).get("job") || /^#video\/([\w-]{8,100})$/.exec(location.hash)?.[1];
    const newest = jobs.find((job) => job.open || job.video);
    if (linked || newest) open(linked || newest.ticket);
  });
});

// --- Seconds, frames and frames per second, each in terms of the others, in the help of its field.
const help = {}; // by field: the English of what stands there otherwise
const say = (name, text) => {
  const place = document.getElementById(`video-${name}-field-info`);
  if (!place) return;
  help[name] ??= sourceOf(place.textContent) ?? place.textContent;
  const wanted = translate(text || help[name]);
  if (place.textContent !== wanted) place.textContent = wanted;
};
setInterval(() => {
  if (document.hidden || !isOpenTab("video")) return;
  const fields = ["seconds", "num_frames", "fps"].map((name) => document.getElementById(`video-${name}-field`));
  if (!fields[0]) return;
  const [seconds, frames, fps] = fields.map((field) => Number(field.value) || 0);
  for (const [name, text] of Object.entries(describeLength({ seconds, frames, fps }))) say(name, text);
}, 300);
