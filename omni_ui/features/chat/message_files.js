// Files of a message: chosen, recorded, brought in, downloaded (omni_ui/widgets/file_input.py).
import { defineAction, defineComponent } from "../../core/js/components.js";
import { encodeWav } from "../../core/audio/wav.js";
import { fields } from "./message_fields.js";

const make = (tag, words, more = {}) => Object.assign(document.createElement(tag), { textContent: words, ...more });

defineComponent("message_files", ({ element, props, upload, watch }) => {
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
});

// --- The microphone. What was recorded becomes a WAV file here: every server reads that.
let recorder = null;
const nameButton = (button, words) => {
  button.querySelector("span").textContent = words;
  button.title = words;
};
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
    nameButton(button, "Record");
    button.setAttribute("aria-pressed", "false");
    try {
      const context = new AudioContext();
      const sound = await context.decodeAudioData(await new Blob(pieces).arrayBuffer());
      context.close();
      await add([new File([encodeWav(sound.getChannelData(0), sound.sampleRate)], "recording.wav", { type: "audio/wav" })]);
    } catch {
      say("The browser could not read its own recording. Try again, or attach a file.");
    }
  };
  recorder.start();
  nameButton(button, "Stop recording");
  button.setAttribute("aria-pressed", "true");
};
// --- A file that is brought in: chosen, uploaded, handed on.
defineComponent("file_picker", ({ element, props, trigger, upload }) => {
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
});
const downloadFile = (name, [file]) => {
  if (!file?.url) return;
  const link = make("a", "", { href: file.url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
};
defineAction("download_file", downloadFile);
