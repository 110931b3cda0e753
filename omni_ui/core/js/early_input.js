// What a visitor did before Gradio had drawn the page (app/js/early_page.js).
let field = ""; // the id of the field into which was typed: nothing else is filled in there

export const markTyped = (id) => { field = id; };
export const wasTyped = (id) => id !== "" && id === field;

let begin = null;
/** Resolves when the page's own events have begun: what was pressed early can be pressed. */
export const begun = new Promise((done) => { begin = done; });
export const pageBegun = () => begin();
