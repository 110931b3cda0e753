// Mathematics in answers, drawn by KaTeX. It is loaded when the first formula is there, and not before; until then,
// and where it cannot be had, a formula stands as it was written.
import { appRoot } from "../../core/js/dom.js";

const LIMITS = { throwOnError: false, trust: false, strict: "ignore", maxSize: 20, maxExpand: 500 };
let loading = null;

const load = async () => {
  const { folder } = await (await fetch(`${appRoot()}/omni/katex`)).json();
  if (!folder) return;
  const address = `${appRoot()}/${folder}`;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: `${address}/katex.min.css` }));
  await new Promise((done) => {
    const script = Object.assign(document.createElement("script"), { src: `${address}/katex.min.js`, onload: done, onerror: done });
    document.head.append(script);
  });
};

const draw = (formula) => {
  if (formula.dataset.drawn || !window.katex) return;
  formula.dataset.drawn = "true";
  const written = formula.textContent;
  try {
    window.katex.render(written.slice(2, -2), formula, { ...LIMITS, displayMode: formula.dataset.display === "true" });
    formula.title = written;
  } catch {
    formula.textContent = written;
  }
};

/** Draws the formulas below a node: at once when KaTeX is there, else as soon as it has come. */
export const drawMath = (node) => {
  const formulas = [...node.querySelectorAll(".omni-math")];
  if (!formulas.length) return;
  if (window.katex) return formulas.forEach(draw);
  loading ||= load();
  loading.then(() => formulas.forEach(draw), () => { loading = null; });
};
