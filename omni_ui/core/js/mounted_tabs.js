// The parts of a tab come when it is opened the first time (omni_ui/app/gradio_private/page_parts.py). What fills in
// fields of another tab asks for its parts first: Gradio would forget the values.
import { defineAction, defineComponent, loadComponents } from "./components.js";

const LATE = 20000; // ms after which a tab that has not come may be asked for again
const PATIENCE = 1500; // ms after which the parts are drawn although a script of theirs has not come

/** prepare: loads what the parts of a tab begin with; waited for no longer than `patience` (ms). */
const makeTabs = (prepare = async () => {}, patience = PATIENCE) => {
  const asked = new Map(); // by name: the promise of its parts
  const came = new Map(); // by name: { promise, done } of whoever waits without asking
  let first; // the tab that came with the page; undefined where all of them did
  let order = null; // asks the app for the parts of a tab
  let ready = null;
  const begun = new Promise((done) => { ready = done; });
  let last = Promise.resolve(); // one at a time
  let answer = null;

  const waiter = (name) => {
    if (!came.has(name)) {
      let done = null;
      const promise = new Promise((resolve) => { done = resolve; });
      came.set(name, { promise, done, here: false });
    }
    return came.get(name);
  };
  const arrived = (name) => { const entry = waiter(name); entry.here = true; entry.done(); };
  const ask = async (name) => {
    let timer = null;
    const waited = new Promise((done) => { timer = setTimeout(done, patience); });
    await Promise.all([begun, Promise.race([prepare(name), waited])]);
    clearTimeout(timer);
    const answered = new Promise((resolve, reject) => {
      answer = { resolve, reject };
      timer = setTimeout(() => reject(new Error("late")), LATE);
    });
    order(name);
    try {
      await answered;
    } finally {
      clearTimeout(timer);
    }
    arrived(name);
  };

  return {
    /** Sets the tab whose parts came with the page. */
    begin: (name) => { first = name || undefined; if (name) arrived(name); },
    /** Gives the way to the app. */
    connect: (send) => { order = send; ready(); },
    /** The app's answer: whether the parts are here. */
    settle: (good) => (good ? answer?.resolve() : answer?.reject(new Error("failed"))),
    isMounted: (name) => first === undefined || waiter(name).here,
    /** Resolves when the parts of a tab are here, without asking for them. */
    whenMounted: (name) => (first === undefined ? Promise.resolve() : waiter(name).promise),
    /** Asks for the parts of a tab; resolves when they are here. Rejects when they do not come. */
    mountTab: (name) => {
      if (first === undefined || waiter(name).here) return Promise.resolve();
      if (!asked.has(name)) {
        const mounting = last.then(() => ask(name));
        last = mounting.catch(() => {});
        asked.set(name, mounting.finally(() => asked.delete(name)));
      }
      return asked.get(name);
    },
  };
};

const config = typeof window === "undefined" ? null : window.gradio_config;
const assets = () => { // of Gradio's, by tab (omni_ui/app/loading/first_load.py)
  try { return JSON.parse(document.querySelector("meta[name=omni-late]").content); } catch { return {}; }
};
const loadAsset = (name) => {
  const address = new URL(`./assets/${name}`, document.baseURI).href;
  if (name.endsWith(".js")) return import(address);
  return new Promise((done) => {
    const link = Object.assign(document.createElement("link"), { rel: "preload", as: "style", crossOrigin: "", href: address, onload: done, onerror: done });
    document.head.append(link);
  });
};
const prepared = new Map(); // by tab: resolves when its scripts are here, or cannot be had
/** Loads the scripts and styles of a tab that has not come yet: its parts are then drawn in one go. */
export const prepareTab = (name) => {
  const scripts = config?.omni_late?.[name]?.scripts;
  if (scripts && !prepared.has(name)) prepared.set(name, Promise.allSettled([loadComponents(scripts), ...(assets()[name] || []).map(loadAsset)]));
  return prepared.get(name);
};
const tabs = makeTabs(prepareTab);
export const { isMounted, whenMounted, mountTab } = tabs;
export const mountTabs = (names) => Promise.all(names.map(mountTab));
export { makeTabs };

if (config) tabs.begin(config.omni_first_tab);
defineComponent("tab_mounter", ({ props, trigger }) => tabs.connect((tab) => { props.value = { tab, at: Date.now() }; trigger("input"); }));
defineAction("tab_mounted", () => { tabs.settle(true); return []; });
defineAction("tab_not_mounted", () => { tabs.settle(false); return []; });
