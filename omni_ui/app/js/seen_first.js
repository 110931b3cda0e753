// Which page a visitor will see first.

/** Whether the page begins with this tab. hash: of the address. remembered: the tab of the browser's history, if any. */
export const isSeenFirst = (tab, hash, remembered, search) =>
  (hash === "" || hash === `#${tab}`) && (!remembered || remembered === tab) && !/[?&](job|view|deep_link)=/.test(search);
