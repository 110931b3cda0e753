// Runs in the page's head, before anything else: it is small, and the same for everybody.
try { // who this browser is: a secret of its own, sent along as a cookie so that files and routes know it too
  // Within another site's frame a browser may refuse localStorage and still keep a cookie for that one site.
  const keep = (act) => { try { return act(); } catch { return null; } };
  const cookie = /(?:^|; )omni_visitor=([0-9a-f]{48})/.exec(document.cookie)?.[1];
  const stored = keep(() => localStorage.getItem("omni_visitor")) || cookie;
  const secret = stored || [...crypto.getRandomValues(new Uint8Array(24))].map((b) => b.toString(16).padStart(2, "0")).join("");
  if (!stored) keep(() => localStorage.setItem("omni_visitor", secret));
  const cross = location.protocol === "https:" ? "; SameSite=None; Secure; Partitioned" : "; SameSite=Lax";
  document.cookie = `omni_visitor=${secret}; path=/; max-age=31536000${cross}`;
  document.documentElement.toggleAttribute("data-demo-closed", keep(() => localStorage.getItem("omni_demo_notice_closed")) === "yes");
} catch { /* storage is off in this browser: the page works, nothing is remembered */ }
window.omni = {
  ...window.omni, // the modules that ran within the page's HTML (omni_ui/app/loading/bundles.py)
  // What Gradio asks for before the modules are there waits here (omni_ui/core/js/components.js).
  waiting: [],
  mount(...values) { return new Promise((done) => this.waiting.push(["mount", values, done])); },
  call(...values) { return new Promise((done) => this.waiting.push(["call", values, done])); },
  push(...values) { this.waiting.push(["push", values, () => {}]); },
};
