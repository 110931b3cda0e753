// Two results of the history side by side (omni_ui/tabs/history.py), and how their settings differ.
// Sounds and videos are played by together.js; the test with hidden names is blind.js.
(() => {
  const KINDS = ["image", "video", "audio", "text"];
  const TITLES = { image: "Two pictures compared", video: "Two videos compared", audio: "Two sounds compared", text: "Two texts compared" };
  const SIDES = ["A", "B"];
  const { root, make } = window.omniTools;

  const button = (words, does, more = {}) => {
    const made = make("button", { type: "button", class: "omni-small", ...more }, words);
    made.addEventListener("click", () => does(made));
    return made;
  };
  /** Buttons of which one is pressed. choices: [value, words]; picked: told of a new choice. */
  const choice = (label, choices, picked) => {
    const all = choices.map(([value, words], number) => {
      const made = button(words, () => {
        all.forEach((one) => one.setAttribute("aria-pressed", String(one === made)));
        picked(value);
      }, { "aria-pressed": String(number === 0), "data-value": value });
      return made;
    });
    return make("span", { role: "group", "aria-label": label, class: "omni-compare-row" }, ...all);
  };

  // --- What can be compared
  const filesOf = (record, kind) => record.files.filter((one) => one.role === "result" && one.kind.split("/")[0] === kind);
  const has = (record, kind) => (kind === "text" ? Boolean(record.text) : filesOf(record, kind).length > 0);
  /** What all these records are; "" when they have nothing in common. */
  const common = (records) => KINDS.find((kind) => records.every((one) => has(one, kind))) || "";

  const ask = async (path) => {
    const answer = await fetch(`${root()}/omni/history/${path}`, { credentials: "same-origin", headers: { "x-omni": "1" } }).catch(() => null);
    if (!answer) throw new Error("This page's own server does not answer.");
    return answer;
  };
  const told = async (path) => {
    const answer = await ask(path);
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(typeof body.detail === "string" ? body.detail : "That did not work.");
    return body;
  };
  /** The record's file number `number` of a kind, with its text: {name, text, blob, url}. Throws a sentence if it is gone. */
  const load = async (record, kind, called, number = 0) => {
    const side = { name: called, text: record.text };
    if (kind === "text") return side;
    const file = filesOf(record, kind)[number];
    const answer = file.here ? await ask(`${record.id}/${file.place}`) : null;
    if (!answer?.ok) throw new Error(`The file of ${called} is not here any more, so there is nothing to compare.`);
    const blob = await answer.blob();
    return { ...side, blob, url: URL.createObjectURL(blob) };
  };
  const record = (id) => told(id);
  const difference = async (first, second) => (await told(`${first.id}/against/${second.id}`)).difference;
  const same = async (sides) => {
    if (!sides[0].blob) return sides[0].text === sides[1].text;
    if (sides[0].blob.size !== sides[1].blob.size) return false;
    const [one, other] = (await Promise.all(sides.map((side) => side.blob.arrayBuffer()))).map((bytes) => new Uint8Array(bytes));
    return one.every((value, at) => value === other[at]);
  };

  // --- How they are shown: {element, stop}
  const pictures = (sides) => {
    const view = make("div", { class: "omni-view" });
    const image = (side) => {
      const made = make("img", { src: side.url, alt: `Picture ${side.name}`, class: "omni-single", draggable: "false" });
      return make("figure", { class: "omni-compare-picture" }, made, make("figcaption", { class: "omni-tag omni-tag-left" }, side.name));
    };
    const shows = {
      slider: () => window.omniPair(...sides.map((side) => ({ url: side.url, alt: `Picture ${side.name}`, tag: side.name })), { label: "Slider: share of picture A", said: (one, other) => `${one} % A, ${other} % B` }),
      side: () => make("div", { class: "omni-side" }, ...sides.map(image)),
      A: () => image(sides[0]),
      B: () => image(sides[1]),
    };
    const show = (mode) => view.replaceChildren(shows[mode]());
    show("slider");
    const modes = choice("View", [["slider", "Slider"], ["side", "Side by side"], ["A", "A"], ["B", "B"]], show);
    return { element: make("div", { class: "omni-compare-view" }, view, modes), stop: () => {} };
  };
  const texts = (sides) => ({
    element: make("div", { class: "omni-compare-texts" }, ...sides.map((side) =>
      make("section", { "aria-label": `Text ${side.name}` }, make("h3", {}, side.name), make("pre", { tabindex: "0" }, side.text)))),
    stop: () => {},
  });
  /** Shows both sides, and below sounds or pictures the words that came with them. hidden: nothing is said that tells one from the other. */
  const show = async (kind, sides, hidden = false) => {
    const made = kind === "image" ? pictures(sides) : kind === "text" ? texts(sides) : await window.omniTogether(kind, sides, hidden);
    if (kind !== "text" && sides.every((side) => side.text)) made.element.append(texts(sides).element);
    return { element: made.element, stop: () => { made.stop(); sides.forEach((side) => side.url && URL.revokeObjectURL(side.url)); } };
  };

  /** The differing settings as a table. heads: over the two columns. */
  const table = (found, heads = SIDES) => {
    if (!found) return make("p", { class: "omni-quiet" }, "The settings of one of them are not known, so they cannot be compared.");
    const equal = found.equal === 1 ? "1 other setting is equal." : `${found.equal} other settings are equal.`;
    if (!found.rows.length) return make("p", { class: "omni-compare-same" }, `All settings are equal (${found.equal}).`);
    const cell = (value) => (value ? make("td", {}, value) : make("td", { class: "omni-quiet" }, window.omniText("not set")));
    const count = found.rows.length === 1 ? "1 setting differs." : `${found.rows.length} settings differ.`;
    return make("div", { class: "omni-compare-settings" },
      make("table", {}, make("caption", {}, count, " ", equal),
        make("thead", {}, make("tr", {}, ...["Setting", ...heads].map((one) => make("th", { scope: "col" }, one)))),
        make("tbody", {}, ...found.rows.map((row) => make("tr", { "data-name": row.name }, make("th", { scope: "row" }, row.label), cell(row.first), cell(row.second))))));
  };

  /** Fills a dialog; what `fill` returns is stopped when it is filled anew or closed. */
  const stages = new WeakMap();
  const stage = (dialog) => {
    stages.get(dialog)?.();
    let turn = 0;
    let stop = () => {};
    const clear = () => { turn += 1; stop(); stop = () => {}; };
    stages.set(dialog, clear);
    const closed = () => { clear(); dialog.replaceChildren(); };
    dialog.onclose = closed; // one at a time: a property, not a listener that would add up
    dialog.onclick = (event) => { if (event.target === dialog) dialog.close(); };
    /** Loads and shows a view in `place`; whether it is there. */
    return async (place, kind, loading, hidden) => {
      clear();
      const mine = turn;
      place.replaceChildren(make("p", { class: "omni-quiet", role: "status" }, "Loading…"));
      const sides = await Promise.allSettled(loading);
      const lost = sides.find((one) => one.status === "rejected");
      const loaded = sides.filter((one) => one.status === "fulfilled").map((one) => one.value);
      const release = () => loaded.forEach((side) => side.url && URL.revokeObjectURL(side.url));
      if (lost || mine !== turn) {
        release();
        if (mine === turn) place.replaceChildren(make("p", { class: "omni-history-error", role: "alert" }, lost.reason.message));
        return null;
      }
      const made = await show(kind, loaded, hidden);
      if (mine !== turn) {
        made.stop();
        return null;
      }
      stop = made.stop;
      place.replaceChildren(made.element);
      return loaded;
    };
  };

  /** Words of the visitor's own, which are never translated. */
  const theirs = (words) => make("span", { translate: "no" }, words.slice(0, 300));
  const when = (one) => window.omniWhen(one.at);
  const described = (one, called, titles) => {
    const facts = make("span", { class: "omni-quiet" }, titles[one.tab] || one.tab, " · ", when(one));
    if (one.seconds) facts.append(" · ", `took ${one.seconds.toFixed(1)} s`);
    return make("p", { class: "omni-compare-who" }, make("b", {}, called), " ", theirs(one.prompt), " ", facts);
  };
  /** Which of several files of a record is meant. */
  const picker = (one, kind, called, changed) => {
    const many = kind === "text" ? 1 : filesOf(one, kind).length;
    if (many < 2) return null;
    const select = make("select", {}, ...Array.from({ length: many }, (_, number) => make("option", { value: number }, `File ${number + 1} of ${many}`)));
    select.addEventListener("change", changed);
    return make("label", {}, called, select);
  };

  const open = async (dialog, chosen, titles) => {
    const kind = common(chosen);
    const place = make("div", { class: "omni-compare-place" });
    const notes = make("p", { class: "omni-compare-same", role: "status" });
    const settings = make("div");
    const present = stage(dialog);
    dialog.replaceChildren(make("h2", {}, TITLES[kind]),
      make("div", { class: "omni-history-acts" },
        button("Blind test", () => window.omniBlind(dialog, chosen), { "data-act": "blind-these" }),
        button("Close", () => dialog.close(), { "data-act": "close" })),
      place, notes, settings);
    if (!dialog.open) dialog.showModal();
    try {
      const both = await Promise.all(chosen.map((one) => record(one.id)));
      const changed = async () => {
        notes.textContent = "";
        const loaded = await present(place, kind, both.map((one, side) => load(one, kind, SIDES[side], Number(pickers[side]?.querySelector("select").value || 0))));
        if (loaded && (await same(loaded))) notes.textContent = kind === "text" ? "Both texts are the same." : "Both files are the same, byte for byte.";
      };
      const pickers = both.map((one, side) => picker(one, kind, SIDES[side], changed));
      if (pickers.some(Boolean)) place.before(make("div", { class: "omni-compare-row" }, ...pickers));
      settings.append(...both.map((one, side) => described(one, SIDES[side], titles)));
      settings.append(table(await difference(...both)));
      await changed();
    } catch (error) {
      place.replaceChildren(make("p", { class: "omni-history-error", role: "alert" }, error.message));
    }
  };

  window.omniCompare = { make, theirs, button, choice, common, record, load, difference, same, stage, table, when, open };
})();
