// What a suggested fix changes in the controls of a tab.
const SKIP = { __type__: "update" }; // Gradio leaves the control as it is

/** New values for controls: what is set, the first of what is kept, and nothing for all others. */
export const fixedValues = (names, [order, ...values]) => names.map((name, at) => {
  if (order?.set && name in order.set) return order.set[name];
  if (order?.keep && name in order.keep && Array.isArray(values[at])) return values[at].slice(0, order.keep[name]);
  return SKIP;
});
