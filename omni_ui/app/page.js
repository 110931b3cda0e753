// The page's own script: what needs no round trip to the app. Each part stands alone.
(() => {
  const TABS = ["chat", "image", "edit", "speech", "sound", "video"];
  const { root } = window.omniTools;
  const byId = (id) => document.getElementById(id);
  const openTab = () => TABS.find((name) => byId(`${name}-run`)?.offsetParent) || "";

  // --- Who this browser is: a secret of its own, sent along as a cookie so that files and routes know it too.
  try {
    const known = localStorage.getItem("omni_visitor");
    const secret = known || [...crypto.getRandomValues(new Uint8Array(24))].map((b) => b.toString(16).padStart(2, "0")).join("");
    if (!known) localStorage.setItem("omni_visitor", secret);
    const cross = location.protocol === "https:" ? "; SameSite=None; Secure; Partitioned" : "; SameSite=Lax";
    document.cookie = `omni_visitor=${secret}; path=/; max-age=31536000${cross}`;
  } catch { /* storage is off in this browser: the page works, nothing is remembered */ }

  // --- The clock of a run: counts between the app's own messages, which come only when something changes.
  // Gradio puts the same element back for the next run, so one that was gone begins anew.
  let clocks = new Map();
  setInterval(() => {
    const seen = clocks;
    clocks = new Map();
    for (const clock of document.querySelectorAll(".omni-clock")) {
      const stamp = clock.dataset.since;
      const known = seen.get(clock);
      const began = known?.stamp === stamp ? known.began : performance.now() - 1000 * stamp;
      clocks.set(clock, { stamp, began });
      clock.textContent = `${((performance.now() - began) / 1000).toFixed(1)} s`;
    }
  }, 100);

  // --- Stop is live only while something runs; a change of state is announced once.
  const announcer = document.createElement("div");
  announcer.id = "omni-announcer";
  announcer.setAttribute("role", "status");
  announcer.setAttribute("aria-live", "polite");
  announcer.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";
  const said = {};
  const watch = () => {
    if (!announcer.isConnected && document.body) document.body.append(announcer);
    for (const name of [...TABS, "server", "history"]) {
      const box = byId(`${name}-status`)?.querySelector(".omni-status");
      if (!box) continue;
      const state = box.dataset.state;
      const stop = byId(`${name}-stop`);
      if (stop && stop.disabled !== (state !== "working")) stop.disabled = state !== "working";
      const words = state === "working" ? box.querySelector(".omni-note")?.textContent : box.textContent;
      if (said[name] === `${state}${words}`) continue;
      const first = said[name] === undefined;
      said[name] = `${state}${words}`;
      if (!first) announcer.textContent = state === "done" ? `Done. ${words}` : words;
    }
  };
  setInterval(watch, 150);

  // --- Clicks: examples fill a field; code panes switch and copy.
  const fill = (id, text) => {
    const field = byId(id)?.querySelector("textarea, input");
    if (!field) return;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  };
  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("button");
    if (!target) return;
    if (target.classList.contains("omni-example")) fill(target.dataset.target, target.textContent);
    const code = target.closest(".omni-code");
    if (!code) return;
    if (target.classList.contains("omni-copy")) {
      navigator.clipboard?.writeText(code.querySelector("pre:not([hidden])").innerText).then(() => {
        target.textContent = "Copied";
        setTimeout(() => (target.textContent = "Copy"), 1500);
      });
    } else if (target.dataset.pane !== undefined) {
      for (const one of code.querySelectorAll("[role=tab]")) one.setAttribute("aria-selected", one === target);
      for (const pane of code.querySelectorAll("pre")) pane.hidden = pane.dataset.pane !== target.dataset.pane;
    }
  });

  // --- Keys: Ctrl+Enter (or Cmd) runs the open tab, Escape stops it.
  document.addEventListener("keydown", (event) => {
    const name = openTab();
    if (!name) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      const field = document.activeElement;
      field?.dispatchEvent?.(new Event("change", { bubbles: true }));
      byId(`${name}-run`)?.click();
    } else if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) {
      const stop = byId(`${name}-stop`);
      if (stop && !stop.disabled) stop.click();
    }
  });

  // --- The tab to begin with: one that works, unless the visitor was faster.
  let chosen = false;
  const choose = (event) => { chosen ||= Boolean(event.isTrusted && event.target.closest?.("[role=tab]")); };
  addEventListener("click", choose, { capture: true });
  window.omniOpen = (tab) => {
    const button = byId(`${tab}-tab-button`);
    if (button && !chosen && button.getAttribute("aria-selected") !== "true") button.click();
  };

  // --- Which server and model this page talks to, asked from our own route.
  const WORDS = { demo: "Demo server", ready: "Ready", busy: "Busy", down: "Not reachable", none: "No server" };
  const text = (parent, tag, words, className) => {
    const made = document.createElement(tag);
    made.textContent = words;
    if (className) made.className = className;
    parent.append(made);
    return made;
  };
  const notice = (name, seen) => {
    const place = byId(`${name}-server`);
    if (!place) return;
    const key = JSON.stringify(seen);
    if (place.dataset.seen === key && place.querySelector(".omni-notice, .omni-fine")) return;
    place.dataset.seen = key;
    place.replaceChildren();
    const cannot = seen.state !== "down" && seen.state !== "none" && !seen.can;
    if (seen.state === "demo" || seen.state === "down" || seen.state === "none" || cannot) {
      const box = text(place, "div", "", "omni-notice");
      box.dataset.state = seen.state;
      if (seen.state === "demo" && seen.can) {
        text(box, "span", `Demo server: ${seen.model} stands in for a model. It needs no GPU and has no neural network; ` +
          "set OMNI_BASE_URL to use your vLLM-Omni server.");
      } else {
        text(box, "span", seen.reason || "This server did not answer.");
        if (seen.start) { text(box, "span", " Start this instead: "); text(box, "code", seen.start); }
      }
    } else {
      text(place, "span", "", "omni-fine");
    }
  };
  let last = null;
  const showState = () => {
    if (!last) return;
    const seen = last[openTab()] || last.image || Object.values(last)[0];
    const pill = document.querySelector("#omni-state .omni-pill");
    if (!pill || !seen) return;
    const words = seen.waiting ? `${WORDS[seen.state]}, ${seen.waiting} waiting` : WORDS[seen.state];
    if (pill.dataset.words !== words) pill.textContent = pill.dataset.words = words; // what is seen may be translated
    pill.dataset.state = seen.state;
    window.omniLight?.(seen);
    const model = document.querySelector("#omni-state .omni-model");
    const shown = [seen.model, seen.address].filter(Boolean).join(" · ");
    if (model && model.textContent !== shown) { model.textContent = shown; model.title = shown; }
    for (const [name, one] of Object.entries(last)) notice(name, one);
  };
  const ask = async () => {
    if (document.hidden) return;
    try {
      const session = window.omniSession ? `?session=${encodeURIComponent(window.omniSession)}` : "";
      last = await (await fetch(`${root()}/omni/status${session}`)).json();
    } catch {
      last = Object.fromEntries(TABS.map((name) => [name, { state: "down", reason: "This page's own server does not answer. What you typed is still here." }]));
    }
    showState();
  };
  setInterval(ask, 15000);
  setInterval(showState, 400);
  document.addEventListener("visibilitychange", ask);
  setTimeout(ask, 0);
  window.omniAsk = ask;
})();
