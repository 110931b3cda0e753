// The History tab (omni_ui/tabs/history.py): a list that is asked for page by page, and a closer look at one result.
import { askForJson } from "../../core/js/ask_app.js";
import { defineComponent } from "../../core/js/components.js";
import { appRoot, make, smallButton as button } from "../../core/js/dom.js";
import { formatAge, formatBytes, formatSpan } from "../../core/js/format.js";
import { historyChannel } from "../../core/js/history_news.js";
import { formatTime } from "../../core/js/language.js";
import { blindTest } from "../compare/blind_test.js";
import { openComparison } from "../compare/compare.js";
import { commonKind } from "../compare/records.js";
import { copyLinkTo, LINK_COPIED } from "../recipes/recipes.js";
import { reopenResult, sendResult } from "../send_to/send_to.js";
import { actsFor, withoutMarks, wordsOf } from "./acts.js";

const SURE = 6000;
const kindOf = (file) => file.kind.split("/")[0];
const others = historyChannel();

defineComponent("history", ({ element, props }) => {
  const box = element.querySelector(".omni-history");
  const part = (name) => box.querySelector(name);
  const list = part(".omni-history-list");
  const more = part(".omni-history-more");
  const trouble = part(".omni-history-trouble");
  const detail = part(".omni-history-detail");
  const comparing = part(".omni-compare");
  const search = part("input[type=search]");
  const tab = part("select");
  const starred = part(".omni-history-star input");
  const chosen = new Map(); // records by id
  let listing = { counts: {} };
  let next = "";
  let asked = 0;
  let listedBy = ""; // by what the list was searched
  let ahead = null; // the next page of the list, asked for before anybody scrolls there

  const address = (record, file, rest = "") => `${appRoot()}/omni/history/${record.id}/${file.place}${rest}`;
  const call = (path, options) => askForJson(`/omni/history${path}`, options, "This page's server does not answer. Nothing was changed.");
  const say = (words) => { trouble.textContent = words; trouble.hidden = !words; };
  const safely = (does) => async (...given) => { try { await does(...given); } catch (error) { say(error.message); } };
  const changed = () => others?.postMessage("changed");

  /** Deleting cannot be undone: the first press asks, the second one does it. */
  const sure = (words, does) => (pressed) => {
    if (pressed.dataset.sure) {
      delete pressed.dataset.sure;
      return does();
    }
    const before = wordsOf(pressed).textContent;
    pressed.dataset.sure = "1";
    wordsOf(pressed).textContent = words();
    setTimeout(() => {
      if (!pressed.dataset.sure) return;
      delete pressed.dataset.sure;
      wordsOf(pressed).textContent = before;
    }, SURE);
  };

  // --- The list
  const sign = (record) => {
    const ofKind = (kind) => record.files.find((file) => file.here && kind.test(file.kind));
    const isSound = record.files.some((file) => kindOf(file) === "audio");
    const file = ofKind(/^(image|video)\//) || ofKind(/^audio\//);
    const words = record.error ? "Failed" : isSound ? "Sound" : "";
    if (!file && !words && record.text) return make("span", { class: "omni-history-answer", translate: "no" }, withoutMarks(record.text));
    if (!file) return make("span", { class: "omni-history-sign" }, words || "No file");
    const image = make("img", { src: address(record, file, "/thumb"), alt: "", loading: "lazy", decoding: "async" });
    image.addEventListener("error", () => image.replaceWith(make("span", { class: "omni-history-sign" }, words || kindOf(file))));
    if (kindOf(file) !== "audio") return image;
    // A waveform is white on clear: it gets the colour of the page, as in the player.
    const wave = make("span", { class: "omni-history-wave" }, image);
    image.addEventListener("load", () => { wave.style.setProperty("--wave", `url("${image.src}")`); image.remove(); });
    return wave;
  };
  const hasVideo = (record) => record.files.some((file) => file.here && kindOf(file) === "video");
  const name = (record) => (record.prompt || record.error || record.tab).slice(0, 80);
  const star = (record) => {
    const toggle = button("", safely(async (pressed) => {
      const on = !record.starred;
      await call(`/${record.id}/star`, { method: "POST", body: JSON.stringify({ on }) });
      record.starred = on;
      show(pressed);
      changed();
    }), { class: "omni-star", "aria-label": `Star: ${name(record)}` });
    const show = (pressed) => { pressed.setAttribute("aria-pressed", String(record.starred)); pressed.textContent = record.starred ? "★" : "☆"; };
    show(toggle);
    return toggle;
  };
  const card = (record) => {
    const pick = make("input", { type: "checkbox", "aria-label": `Choose: ${name(record)}` });
    pick.checked = chosen.has(record.id);
    pick.addEventListener("change", () => { pick.checked ? chosen.set(record.id, record) : chosen.delete(record.id); tools(); });
    const open = make("button", { type: "button", class: `omni-history-open${hasVideo(record) ? " omni-plays" : ""}`, "aria-label": `Show: ${name(record)}` }, sign(record));
    open.addEventListener("click", safely(() => look(record.id)));
    const words = make("p", { class: "omni-history-prompt" }, record.prompt || record.text || "");
    const facts = make("p", { class: "omni-history-facts omni-quiet" });
    const when = make("time", { datetime: new Date(1000 * record.at).toISOString(), title: formatTime(record.at) }, formatAge(Date.now() / 1000 - record.at));
    facts.append(props.titles[record.tab] || record.tab, " · ", when);
    const many = record.files.length > 1 ? ` · ${record.files.length} files` : "";
    facts.append(many);
    const item = make("li", { "data-id": record.id, "data-tab": record.tab }, make("div", { class: "omni-history-head" }, make("label", {}, pick), star(record)), open, words);
    if (record.error) item.append(make("p", { class: "omni-history-error" }, record.error));
    item.append(facts);
    return item;
  };
  const filtered = () => Boolean(search.value.trim() || tab.value || starred.checked);
  const count = () => Object.values(listing.counts).reduce((sum, many) => sum + many, 0);
  const acts = () => actsFor({ chosen: chosen.size, all: count(), filtered: filtered() });
  const tools = () => {
    const all = count();
    const zip = part("[data-act=zip]");
    const remove = part("[data-act=delete]");
    const words = acts();
    delete remove.dataset.sure; // it asked for what was chosen before
    for (const [button, said] of [[zip, words.zip], [remove, words.remove]]) {
      wordsOf(button).textContent = said;
      button.querySelector("b").textContent = chosen.size || "";
    }
    remove.hidden = !words.remove;
    zip.disabled = remove.disabled = part(".omni-history-acts").hidden = !all; // none of them is of use while nothing is kept
    const alike = commonKind([...chosen.values()]);
    part("[data-act=compare]").disabled = chosen.size !== 2 || !alike;
    part("[data-act=blind]").disabled = chosen.size < 2 || !alike;
    part(".omni-history-choice").textContent = !chosen.size ? "" : chosen.size === 1 ? "Select one more of the same kind to compare them."
      : !alike ? "These cannot be compared: choose two pictures, sounds, videos or texts." : "";
  };
  const clock = () => {
    const words = [];
    if (listing.room) {
      if (count()) words.push(`Your results take ${formatBytes(listing.room.mine)}.`);
      if (listing.limit && listing.room.all === null) words.push("When the storage is full, the oldest results without a star are deleted first.");
      else if (listing.limit) words.push(`${formatBytes(listing.room.all)} of ${formatBytes(listing.limit)} used; when it is full, the oldest results without a star are deleted first.`);
    }
    if (listing.keeps) {
      const left = listing.oldest ? listing.oldest + listing.keeps - Date.now() / 1000 : null;
      words.push(`Each result is deleted after ${formatSpan(listing.keeps)}${left === null ? "" : `; the oldest in ${formatSpan(Math.max(0, left))}`}.`);
    } else if (listing.room && count()) words.push("They are kept until you delete them.");
    part(".omni-history-room").textContent = words.join(" ");
  };
  const empty = () => {
    if (list.children.length) return;
    const words = !listing.known
      ? "This browser stores nothing for this page, so there is no history. Allow cookies and site data to keep one."
      : filtered() ? "No results match." : "Everything you make is kept here with its settings, failed runs too.";
    list.append(make("li", { class: "omni-history-none omni-quiet" }, words));
  };
  const near = new IntersectionObserver((seen) => { if (seen.some((entry) => entry.isIntersecting)) more.click(); }, { rootMargin: "1200px" });
  /** Where the focus is in the list; after the list was drawn anew: to the same card, else to what stands at its place. */
  const focusHeld = () => {
    const card = document.activeElement.closest(".omni-history-list > li");
    return card && list.contains(card) ? { id: card.dataset.id, at: [...list.children].indexOf(card), part: document.activeElement.className } : null;
  };
  const focusAgain = ({ id, at, part = "omni-history-open" }) => {
    const cards = [...list.children];
    const card = cards.find((item) => item.dataset.id === id) || cards[Math.min(at, cards.length - 1)];
    const within = [...(card?.querySelectorAll("button, input") || [])];
    (within.find((element) => element.className === part) || within.at(-1) || search).focus({ preventScroll: true });
  };
  const pageAfter = (place) => `?${new URLSearchParams({ tab: tab.value, words: search.value.trim(), starred: starred.checked, after: place })}`;
  const load = safely(async (on = false) => {
    const turn = (asked += 1);
    const page = pageAfter(on ? next : "");
    const early = on && ahead?.page === page ? ahead.answer : null;
    ahead = null;
    const news = (await early) ?? (await call(page));
    if (turn !== asked) return;
    if (listedBy !== pageAfter("")) chosen.clear(); // nobody sees any more what was chosen in another list
    listedBy = pageAfter("");
    listing = news;
    next = news.next;
    const held = on ? null : focusHeld();
    if (!on) list.replaceChildren();
    list.append(...news.records.map(card));
    empty();
    if (held) focusAgain(held);
    more.hidden = !next;
    if (next) ahead = { page: pageAfter(next), answer: call(pageAfter(next)).catch(() => null) };
    near.unobserve(more);
    near.observe(more); // or it would not tell of a button that is still near
    say(news.trouble);
    clock();
    tools();
  });

  // --- A closer look
  const media = (record, file, plain = false) => {
    if (!file.here) return make("p", { class: "omni-quiet" }, `${file.title}: no longer available`);
    const source = address(record, file);
    const kind = kindOf(file);
    const medium = plain ? null : kind === "image" ? make("img", { src: source, alt: file.title })
      : kind === "audio" || kind === "video" ? make(kind, { src: source, controls: "", preload: "metadata", "aria-label": file.title }) : null;
    const line = make("p", { class: "omni-history-line" }, make("a", { href: `${source}?download=1`, download: "", class: "omni-small" }, `Download ${file.title}`), ` ${formatBytes(file.bytes)}`);
    const number = record.files.filter((other) => other.role === "result" && kindOf(other) === kind && other.here).indexOf(file);
    if (file.role === "result") line.append(...sends(record, kind, number, () => medium));
    return make("div", { class: "omni-history-media" }, medium, line);
  };
  const sends = (record, kind, file, video) => {
    const buttons = (props.targets[kind] || []).filter((target) => !target.to.startsWith(`${record.tab}-`)).map((target) =>
      button(target.words, safely(async () => {
        await sendResult({ record: record.id, kind, file, target: target.to }, video());
        detail.close();
      }), { class: "omni-small omni-goes" }));
    return buttons.length ? [make("span", { role: "group", "aria-label": "Send to" }, ...buttons)] : [];
  };
  const look = async (id) => {
    const record = await call(`/${id}`);
    const results = record.files.filter((file) => file.role === "result");
    const inputs = record.files.filter((file) => file.role === "input");
    const replayed = record.tab === "talk" ? await import("../talk/replay/replay.js").then(({ replay }) => replay(record, address)) : null;
    const table = make("table", {}, ...record.settings.map(([label, value]) => make("tr", {}, make("th", { scope: "row" }, label), make("td", {}, value))));
    const copied = make("p", { class: "omni-quiet", role: "status" });
    const acts = make("div", { class: "omni-history-acts" },
      record.tab === "talk" ? "" : button(`Open in ${props.titles[record.tab] || record.tab}`, () => { reopenResult(id, record.tab); detail.close(); }, { class: "omni-primary", "data-act": "open" }),
      record.link || record.no_link ? button("Copy link", async (pressed) => {
        if (!record.link) return copied.replaceChildren(record.no_link);
        copied.replaceChildren((await copyLinkTo(record.link, pressed)) || LINK_COPIED);
        copied.querySelector("input")?.select();
      }, { "data-act": "link" }) : "",
      button("Delete", sure(() => "Really delete it?", safely(() => removeShown(id))), { "data-act": "delete-one" }),
      button("Close", () => detail.close(), { "data-act": "close" }));
    detail.replaceChildren(...[
      make("h2", {}, props.titles[record.tab] || record.tab, `, ${formatTime(record.at)}`), acts, copied,
      record.error ? make("p", { class: "omni-history-error" }, record.error) : null,
      record.details ? make("details", {}, make("summary", {}, "Server message"), make("pre", {}, record.details)) : null,
      record.prompt ? make("p", { class: "omni-history-whole" }, record.prompt) : null,
      replayed,
      ...results.map((file) => media(record, file, Boolean(replayed))),
      record.text && !replayed ? make("div", { class: "omni-history-media" }, make("pre", {}, record.text), make("p", { class: "omni-history-line" }, ...sends(record, "text", 0, () => null))) : null,
      inputs.length ? make("details", {}, make("summary", {}, `Inputs (${inputs.length})`), ...inputs.map((file) => media(record, file))) : null,
      record.settings.length ? make("details", { open: "" }, make("summary", {}, "Settings"), table) : null,
    ].filter(Boolean));
    detail.showModal();
  };
  detail.addEventListener("click", (event) => { if (event.target === detail) detail.close(); });
  detail.addEventListener("close", () => detail.replaceChildren());

  // --- Acts on several
  const remove = async (ids) => {
    await call("", { method: "DELETE", body: JSON.stringify(ids ? { ids } : { all: true }) });
    for (const id of ids || [...chosen.keys()]) chosen.delete(id);
    changed();
    await load();
  };
  const removeShown = async (id) => {
    const at = [...list.children].findIndex((item) => item.dataset.id === id);
    await remove([id]);
    detail.close();
    focusAgain({ id, at });
  };
  part("[data-act=delete]").addEventListener("click", (event) => {
    sure(() => acts().sure,
      safely(async () => {
        const pressed = part("[data-act=delete]");
        await remove(chosen.size ? [...chosen.keys()] : null);
        if (pressed.disabled || pressed.hidden) search.focus({ preventScroll: true }); // a button that is disabled loses the focus
      }))(event.currentTarget);
  });
  part("[data-act=zip]").addEventListener("click", () => {
    const form = make("form", { method: "post", action: `${appRoot()}/omni/history/keepsake`, hidden: "" }, make("input", { name: "ids", value: [...chosen.keys()].join(",") }));
    document.body.append(form);
    form.submit();
    form.remove();
  });
  part("[data-act=compare]").addEventListener("click", () => openComparison(comparing, [...chosen.values()], props.titles));
  part("[data-act=blind]").addEventListener("click", () => blindTest(comparing, [...chosen.values()]));
  let typing = null;
  search.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(load, 250); });
  tab.addEventListener("change", () => load());
  starred.addEventListener("change", () => load());
  more.addEventListener("click", () => load(true));
  let inSight = false;
  new IntersectionObserver((seen) => {
    inSight = seen.at(-1).isIntersecting;
    if (!inSight) near.unobserve(more); // or opening the tab again would ask for more of the old list first
    else if (detail.open) near.observe(more);
    else load();
  }).observe(box);
  others?.addEventListener("message", () => { if (box.offsetParent && !detail.open) load(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && box.offsetParent && !detail.open) load(); });
  setInterval(() => { if (inSight) clock(); }, 30000);
});
