// A row of buttons that is one stop of the Tab key, as ARIA's toolbar: the arrows to the sides, Home and End go between them.
// Fields may be among them as far as they need no arrow to the side; a slider has Up and Down.

/** Where a key leads from one of so many; -1 when it leads nowhere. */
export const nextStop = (key, at, count) => {
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: count - 1 }[key];
  return to === undefined || at < 0 ? -1 : (to + count) % count;
};

/** bar: the element with the role of a toolbar. */
export const makeToolbar = (bar) => {
  const stops = [...bar.querySelectorAll("button, input")];
  const choose = (stop) => { for (const other of stops) other.tabIndex = other === stop ? 0 : -1; };
  choose(stops[0]);
  bar.addEventListener("focusin", ({ target }) => { if (stops.includes(target)) choose(target); });
  bar.addEventListener("keydown", (event) => {
    const to = nextStop(event.key, stops.indexOf(event.target), stops.length);
    if (to < 0) return;
    event.preventDefault();
    stops[to].focus();
  });
};
