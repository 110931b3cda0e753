// What the app writes into the page's head. Import it first: scripts read it when they begin.
globalThis.document = {
  ...globalThis.document,
  querySelector: (wanted) => (wanted === "meta[name=omni-tabs]" ? { content: "chat image edit speech sound video" } : null),
};
