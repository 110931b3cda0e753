// Fills in what the makers of a model recommend (omni_ui/features/model_defaults/model_defaults.py). What the visitor entered always stays.
(() => {
  const SKIP = { __type__: "update" };
  const given = {}; // by elem_id: what was filled in last, which is nobody's own entry
  const same = (one, other) => String(one ?? "") === String(other ?? "");

  /** known: [{ tab, name, label, initial }], one for each of the first values; the others are the notes of `tabs`. */
  window.omniAdvise = (wishes, known, tabs, values, first) => {
    const late = first && window.omniFilled; // settings were opened meanwhile: a recipe, or a result of the history
    const kept = {};
    const filled = known.map(({ tab, name, label, initial }, at) => {
      const id = `${tab}-${name}`;
      const wish = wishes?.[tab]?.fields?.[name] ?? null;
      const typing = document.getElementById(id)?.contains(document.activeElement);
      const own = late || typing || !same(values[at], id in given ? given[id] : initial);
      if (wish === null && (own || !(id in given))) return SKIP;
      if (wish !== null && own) {
        if (!same(values[at], wish)) (kept[tab] ||= []).push(label);
        return SKIP;
      }
      delete given[id];
      if (wish !== null) given[id] = wish;
      return wish ?? initial;
    });
    const notes = tabs.map((tab) => (kept[tab] && wishes[tab].note
      ? `${wishes[tab].note} What you had entered stays: ${kept[tab].join(", ")}.` : SKIP));
    return [...filled, ...notes];
  };

  /** A setting that was only recommended makes way for a picture that says it better, and comes back without it. */
  const away = new Set();
  window.omniMakeWay = (id, there, value) => {
    const follows = there ? id in given && same(value, given[id]) : away.delete(id) && id in given && same(value, "");
    if (!follows) return SKIP;
    if (there) away.add(id);
    return there ? "" : given[id];
  };

  /** A result is opened again in its tab: all that stands there now is the visitor's own. */
  window.omniOwn = (tab) => {
    for (const id of Object.keys(given)) if (id.startsWith(`${tab}-`)) delete given[id];
  };
})();
