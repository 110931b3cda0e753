// The Chat tab's own controls: the conversation, the answer that arrives, and the box in which a message is written.
// Each is a gr.HTML whose script hands its element over to a function here.
window.omniChat = (() => {
  const { root } = window.omniTools;
  const box = () => document.querySelector("#chat-text textarea");
  const working = () => !!document.querySelector('#chat-status [data-state="working"]');
  const make = (tag, words, more = {}) => Object.assign(document.createElement(tag), { textContent: words, ...more });
  const fields = {}; // the controls of the message, by name: { get(), set(value) }

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
      for (const one of template.content.querySelectorAll(`[${name}^="gradio_api/"]`)) {
        one.setAttribute(name, `${root()}/${one.getAttribute(name)}`);
      }
    }
    return template.content;
  };
  const following = (element, change) => {
    const talk = element.closest(".omni-talk");
    const near = !talk || talk.scrollHeight - talk.scrollTop - talk.clientHeight < 120;
    change();
    if (near && talk) talk.scrollTop = talk.scrollHeight;
  };

  const messages = (element, props, watch) => {
    const list = element.querySelector(".omni-messages");
    const show = () => {
      const wanted = [...rooted(props.value || "").children];
      const had = new Map([...list.children].map((one) => [one.dataset.key, one]));
      following(list, () => {
        wanted.forEach((one, place) => {
          const kept = had.get(one.dataset.key) || one;
          had.delete(one.dataset.key);
          kept.dataset.number = one.dataset.number;
          if (list.children[place] !== kept) list.insertBefore(kept, list.children[place] || null);
        });
        for (const gone of had.values()) gone.remove();
      });
    };
    watch("value", show);
    show();
  };

  // --- The answer that arrives: only the blocks that changed are drawn again.
  const live = (element, props, watch) => {
    const article = element.querySelector("article");
    const body = element.querySelector(".omni-body");
    let drawn = [];
    let run = null;
    let entered = null;
    const show = () => {
      const { state = "", blocks = [], id = null } = props.value || {};
      if (state === "sent" && run !== id) {
        run = id;
        entered = takeMessage();
      }
      if (state === "back" && entered && run === id) {
        giveBack(entered);
        entered = null;
      }
      following(element, () => {
        article.hidden = state !== "sent";
        article.classList.toggle("omni-waiting", !blocks.length);
        while (body.children.length > blocks.length) body.lastChild.remove();
        blocks.forEach((html, place) => {
          if (drawn[place] === html && body.children[place]) return;
          const block = body.children[place] || body.appendChild(document.createElement("div"));
          block.replaceChildren(rooted(html));
        });
        drawn = blocks;
      });
      const talk = element.closest(".omni-talk");
      if (state === "sent" && !blocks.length && talk) talk.scrollTop = talk.scrollHeight;
    };
    watch("value", show);
    show();
  };
  const takeMessage = () => {
    const change = fields.change?.get() || "";
    const entered = { text: box()?.value || "", files: fields.files?.get() || [], change };
    if (change !== "again") {
      write("");
      fields.files?.set([]);
    }
    fields.change?.set("");
    return entered;
  };
  const giveBack = ({ text, files, change }) => {
    if (change === "again") return;
    if (!box()?.value) write(text);
    if (!fields.files?.get().length) fields.files?.set(files);
    fields.change?.set(change);
  };

  // --- What a message changes: nothing, one that was sent before ("edit 3"), or only the last answer ("again").
  const change = (element, props, trigger, watch) => {
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
  };

  // --- Files of the message.
  const attach = (element, props, trigger, upload, watch) => {
    const chips = element.querySelector("ul");
    const picker = element.querySelector("input[type=file]");
    const note = element.querySelector("[role=status]");
    const say = (words) => { note.textContent = words; };
    const get = () => (Array.isArray(props.value) ? props.value : []);
    const show = () => {
      chips.replaceChildren(...get().map((file, place) => {
        const chip = make("li", "");
        if (/\.(png|jpe?g|webp|gif)$/i.test(file.orig_name || "") && file.url) {
          chip.append(make("img", "", { src: file.url, alt: "" }));
        }
        chip.append(make("span", file.orig_name || "file"));
        const drop = make("button", "×", { type: "button", onclick: () => { set(get().filter((_, i) => i !== place)); picker.focus(); } });
        drop.setAttribute("aria-label", `Remove ${file.orig_name || "file"}`);
        chip.append(drop);
        return chip;
      }));
      chips.hidden = !get().length;
    };
    const set = (value) => { props.value = value; show(); };
    let open = 0;
    const add = async (files) => {
      const send = document.querySelector("#chat-run");
      open += 1;
      if (send) send.disabled = true;
      for (const file of files) {
        say(`Uploading ${file.name}`);
        try {
          const { path, url } = await upload(file);
          set([...get(), { path, url, orig_name: file.name, size: file.size, mime_type: file.type, meta: { _type: "gradio.FileData" } }]);
          say("");
        } catch {
          say(`${file.name} could not be uploaded: it may be larger than this page takes.`);
        }
      }
      open -= 1;
      if (send && !open) send.disabled = false;
    };
    fields.files = { get, set, add, say };
    picker.addEventListener("change", async () => { await add([...picker.files]); picker.value = ""; });
    element.querySelector("[data-act=choose]").addEventListener("click", () => picker.click());
    const record = element.querySelector("[data-act=record]");
    record.addEventListener("click", () => toggleRecording(record, add, say));
    watch("value", show);
    show();
  };

  // --- The microphone. What was recorded becomes a WAV file here: every server reads that.
  let recorder = null;
  const toggleRecording = async (button, add, say) => {
    if (recorder) return recorder.stop();
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      return say("No microphone: allow it in the browser, or attach a recording. It needs https or localhost.");
    }
    const pieces = [];
    recorder = new MediaRecorder(stream);
    recorder.ondataavailable = (event) => pieces.push(event.data);
    recorder.onstop = async () => {
      stream.getTracks().forEach((track) => track.stop());
      recorder = null;
      button.textContent = "Record";
      button.setAttribute("aria-pressed", "false");
      try {
        const context = new AudioContext();
        const sound = await context.decodeAudioData(await new Blob(pieces).arrayBuffer());
        context.close();
        await add([new File([wav(sound)], "recording.wav", { type: "audio/wav" })]);
      } catch {
        say("The browser could not read its own recording. Try again, or attach a file.");
      }
    };
    recorder.start();
    button.textContent = "Stop recording";
    button.setAttribute("aria-pressed", "true");
  };
  const wav = (sound) => {
    const samples = sound.getChannelData(0);
    const view = new DataView(new ArrayBuffer(44 + 2 * samples.length));
    const text = (at, words) => [...words].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
    text(0, "RIFF"); view.setUint32(4, 36 + 2 * samples.length, true); text(8, "WAVEfmt ");
    view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
    view.setUint32(24, sound.sampleRate, true); view.setUint32(28, 2 * sound.sampleRate, true);
    view.setUint16(32, 2, true); view.setUint16(34, 16, true); text(36, "data"); view.setUint32(40, 2 * samples.length, true);
    samples.forEach((one, i) => view.setInt16(44 + 2 * i, Math.max(-1, Math.min(1, one)) * 32767, true));
    return view.buffer;
  };

  // --- A file that is brought in: chosen, uploaded, handed on.
  const pick = (element, props, trigger, upload) => {
    const picker = element.querySelector("input");
    element.querySelector("button").addEventListener("click", () => picker.click());
    picker.addEventListener("change", async () => {
      const file = picker.files[0];
      picker.value = "";
      if (!file) return;
      try {
        const { path, url } = await upload(file);
        props.value = { path, url, orig_name: file.name, meta: { _type: "gradio.FileData" } };
        trigger("upload");
      } catch {
        fields.files?.say(`${file.name} could not be uploaded: it may be larger than this page takes.`);
      }
    });
  };
  const download = async (file, name) => {
    if (!file?.url) return;
    const link = make("a", "", { href: file.url, download: name });
    document.body.append(link);
    link.click();
    link.remove();
  };

  // --- Clicks in the conversation.
  const said = (button, words) => {
    const before = button.textContent;
    button.textContent = words;
    setTimeout(() => (button.textContent = before), 1500);
  };
  const acts = {
    copy: (button, message) => navigator.clipboard?.writeText(message.querySelector(".omni-source").value).then(() => said(button, "Copied")),
    "copy-code": (button) => navigator.clipboard?.writeText(button.closest(".omni-fence").querySelector("code").textContent).then(() => said(button, "Copied")),
    edit: (_, message) => { if (!working()) { fields.change?.edit(message.dataset.number); box()?.focus(); } },
    again: () => {
      if (working()) return;
      fields.change?.set("again");
      document.querySelector("#chat-run")?.click();
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
    if (event.target.closest?.(".omni-talk")) window.omniAudio?.stop();
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
  const again = () => fields.change?.set("again");

  return { again, messages, live, change, attach, pick, download };
})();
