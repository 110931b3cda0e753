// The Chat tab's own controls: the conversation, the answer that arrives, and the box in which a message is written.
// Each is a gr.HTML whose script hands its element over to a function here.
import { stopStreams } from "../../core/audio/audio_stream.js";
import { defineComponent, onPush } from "../../core/js/components.js";
import { appRoot } from "../../core/js/dom.js";
import { pressRun, returnFocus } from "../repeat/repeat.js";
import { drawMath } from "./math.js";
import { fields } from "./message_fields.js";
import { openMenu } from "./message_menu.js";
import { follow, followEnd, offerTools } from "./window.js";

const box = () => document.querySelector("#chat-text textarea");
const working = () => !!document.querySelector('#chat-status [data-state="working"]');

const write = (text) => {
  const field = box();
  if (!field) return;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};

// --- Showing: files of the app stand below its root, wherever a proxy has put that.
const rooted = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const name of ["src", "href", "data-file"]) {
    for (const element of template.content.querySelectorAll(`[${name}^="gradio_api/"]`)) {
      element.setAttribute(name, `${appRoot()}/${element.getAttribute(name)}`);
    }
  }
  drawMath(template.content);
  return template.content;
};

// A message that is there stays, so that its player goes on playing; one with a new part is drawn anew.
const sameMessage = (kept, drawn) => {
  if (!kept) return drawn;
  if (kept.dataset.parts === drawn.dataset.parts) return kept;
  kept.remove();
  return drawn;
};
let list = null; // of all messages
let showMessages = () => {}; // as the app gave them last
/** Adds a message at the end, until the app gives the whole conversation with the answer, or without one. */
const addMessage = (html) => {
  const message = rooted(html).firstElementChild;
  if (!message || !list || list.querySelector(`[data-key="${message.dataset.key}"]`)) return;
  list.append(message);
  markLast();
  offerTools({ messages: list.children.length });
};
/** Marks the last message, whose answer can be tried again. */
const markLast = () => {
  for (const item of list.querySelectorAll(":scope > [data-last]")) if (item !== list.lastElementChild) delete item.dataset.last;
  if (list.lastElementChild) list.lastElementChild.dataset.last = "";
};
defineComponent("chat_messages", ({ element, props, watch }) => {
  list = element.querySelector(".omni-messages");
  let pushed = null; // what is shown until Gradio gives the conversation with the answer, or without one
  const show = () => {
    const wanted = [...rooted(pushed ?? props.value ?? "").children];
    const had = new Map([...list.children].map((item) => [item.dataset.key, item]));
    wanted.forEach((element, place) => {
      const kept = sameMessage(had.get(element.dataset.key), element);
      had.delete(element.dataset.key);
      kept.dataset.number = element.dataset.number;
      if (list.children[place] !== kept) list.insertBefore(kept, list.children[place] || null);
    });
    for (const gone of had.values()) gone.remove();
    markLast();
    offerTools({ messages: list.children.length });
  };
  follow(list);
  onPush("chat-result", (html) => { pushed = html; show(); });
  showMessages = () => { pushed = null; show(); };
  watch("value", showMessages);
  show();
});

// --- The answer that arrives: only the blocks that changed are drawn again.
defineComponent("chat_answer", ({ element, props, watch }) => {
  const article = element.querySelector("article");
  const body = element.querySelector(".omni-body");
  let drawn = [];
  let run = null;
  let entered = null;
  let answer = {};
  let over = null; // the answer that has ended: what was pushed before may come after its end
  const show = () => {
    const { state = "", blocks = [], id = null, message = "", undo } = answer;
    if (undo !== undefined) offerTools({ undo });
    if (state !== "sent") over = id;
    if (state === "sent" && run !== id) {
      run = id;
      entered = takeMessage();
      if (message) addMessage(message);
    }
    if (state === "back" && entered && run === id) {
      giveBack(entered);
      entered = null;
    }
    if (state !== "sent") showMessages(); // without what was added, where nothing came of it
    article.hidden = state !== "sent";
    article.classList.toggle("omni-waiting", !blocks.length);
    while (body.children.length > blocks.length) body.lastChild.remove();
    blocks.forEach((html, place) => {
      if (drawn[place] === html && body.children[place]) return;
      const block = body.children[place] || body.appendChild(document.createElement("div"));
      block.replaceChildren(rooted(html));
    });
    drawn = blocks;
    if (state === "sent" && !blocks.length) followEnd();
  };
  follow(article);
  const showValue = () => { answer = props.value || {}; show(); };
  onPush("chat-live", ({ from = 0, blocks, ...rest }) => {
    if (rest.id === over) return;
    answer = { ...rest, blocks: [...(rest.id === answer.id ? answer.blocks.slice(0, from) : []), ...blocks] };
    show();
  });
  watch("value", showValue);
  showValue();
});
let failed = ""; // what was to be changed by the answer that came to nothing last
const takeMessage = () => {
  const change = fields.change?.get() || "";
  failed = "";
  const entered = { text: box()?.value || "", files: fields.files?.get() || [], change };
  if (change !== "again") {
    write("");
    fields.files?.set([]);
  }
  fields.change?.set("");
  return entered;
};
const giveBack = ({ text, files, change }) => {
  failed = change;
  if (change === "again") return;
  if (!box()?.value) write(text);
  if (!fields.files?.get().length) fields.files?.set(files);
  fields.change?.set(change);
};

// --- What a message changes: nothing, one that was sent before ("edit 3"), or only the last answer ("again").
defineComponent("chat_change", ({ element, props, trigger, watch }) => {
  const show = () => {
    const number = /^edit (\d+)$/.exec(props.value || "")?.[1];
    element.querySelector("div").hidden = number === undefined;
    if (number !== undefined) element.querySelector("b").textContent = String(Number(number) + 1);
  };
  fields.change = {
    get: () => props.value || "",
    set: (value) => { props.value = value; show(); },
    edit: (number) => { props.value = `edit ${number}`; show(); trigger("input"); },
  };
  element.querySelector("button").addEventListener("click", () => {
    fields.change.set("");
    write("");
    fields.files?.set([]);
  });
  watch("value", show);
  show();
});

// --- What is done with one message by the app: "speak 3" or "branch 3".
defineComponent("chat_act", ({ props, trigger }) => {
  fields.act = (act, number) => { props.value = `${act} ${number}`; trigger("input"); };
});

// --- Clicks in the conversation.
const said = (button, words) => {
  const icon = button.getAttribute("aria-label");
  const before = icon || button.textContent;
  const say = (text) => {
    if (!icon) return (button.textContent = text);
    button.setAttribute("aria-label", text);
    button.title = text;
  };
  say(words);
  button.classList.add("omni-said-so");
  setTimeout(() => { say(before); button.classList.remove("omni-said-so"); }, 1500);
};
const actOn = (act, number) => { if (!working()) fields.act?.(act, number); };
const acts = {
  copy: (button, message) => navigator.clipboard?.writeText(message.querySelector(".omni-source").value).then(() => said(button, "Copied")),
  "copy-code": (button) => navigator.clipboard?.writeText(button.closest(".omni-fence").querySelector("code").textContent).then(() => said(button, "Copied")),
  edit: (_, message) => { if (!working()) { fields.change?.edit(message.dataset.number); box()?.focus(); } },
  again: (button) => {
    if (working()) return;
    const retry = "#chat-result .omni-message[data-last] [data-act=again]";
    if (button.matches(":focus-visible")) returnFocus("chat", button, { done: retry, stopped: retry, failed: "#chat-status .omni-fixes button" });
    fields.change?.set("again");
    document.querySelector("#chat-run")?.focus({ preventScroll: true }); // the button goes with its answer
    pressRun("chat");
  },
  menu: (button, message) => {
    const number = message.dataset.number;
    const entries = [["New conversation from here", () => actOn("branch", number)]];
    const sound = message.querySelector("audio");
    if (sound) entries.unshift(["Play", () => sound.play()]);
    else if (message.querySelector(".omni-source")) entries.unshift(["Speak", () => actOn("speak", number)]);
    openMenu(button, "Answer", entries, message.querySelector(".omni-message-facts")?.textContent);
  },
  attach: async (button) => {
    const answer = await fetch(button.dataset.file);
    const blob = await answer.blob();
    await fields.files?.add([new File([blob], decodeURIComponent(button.dataset.file.split("/").pop()), { type: blob.type })]);
    box()?.focus();
  },
};
document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".omni-talk button[data-act]");
  if (button) acts[button.dataset.act]?.(button, button.closest(".omni-message"));
});
document.addEventListener("play", (event) => {
  if (event.target.closest?.(".omni-talk")) stopStreams();
}, true);

// --- Writing: Enter sends, Shift+Enter begins a new line; files may be pasted or dropped.
document.addEventListener("keydown", (event) => {
  if (event.target !== box() || event.key !== "Enter" || event.isComposing) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  const send = document.querySelector("#chat-run");
  if (!working() && !send?.disabled) send?.click();
}, true);
document.addEventListener("keypress", (event) => {
  // Gradio takes Shift+Enter for sending and swallows the new line.
  if (event.target === box() && event.key === "Enter") event.stopPropagation();
}, true);
document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files || [])];
  if (!files.length || !event.target.closest?.(".omni-composer")) return;
  event.preventDefault();
  fields.files?.add(files);
});
const target = (event) => event.target.closest?.(".omni-composer, .omni-talk");
document.addEventListener("dragover", (event) => { if (target(event)) event.preventDefault(); });
document.addEventListener("drop", (event) => {
  const files = [...(event.dataTransfer?.files || [])];
  if (!files.length || !target(event)) return;
  event.preventDefault();
  fields.files?.add(files);
});

/** Makes the next press of Send answer the last message once more, and not what is being written. */
export const answerAgain = () => fields.change?.set("again");
/** The same where it was to answer the last message once more and failed; else what was sent stands in its field. */
export const answerFailedAgain = () => { if (failed === "again") answerAgain(); };
