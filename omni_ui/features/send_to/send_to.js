// Takes a result to another tab (omni_ui/features/send_to/send_to.py): the app puts it into the field there.
import { defineAction, defineComponent } from "../../core/js/components.js";
import { appRoot } from "../../core/js/dom.js";
import { mountTab } from "../../core/js/mounted_tabs.js";
import { selectedPicture } from "../../widgets/pictures/gallery.js";
import { claimTab, markFilled } from "../model_defaults/model_defaults.js";
import "./selected_picture.js";

let carry = null;

/** The other tab is seen from its top, with what was put there: the page is scrolled to where the button was. */
const toTop = (tab) => {
  const page = document.getElementById(`${tab}-tab`);
  if (!page || page.offsetParent) return;
  const seen = new ResizeObserver(() => {
    if (!page.offsetParent) return;
    seen.disconnect();
    scrollTo({ top: 0 });
  });
  seen.observe(page);
};

/** The unseen component through which an order reaches the app. */
defineComponent("result_carrier", ({ props, trigger }) => {
  carry = async (tab, order) => {
    await mountTab(tab);
    markFilled(tab);
    props.value = { ...order, at: Date.now() };
    trigger("input");
    toTop(tab);
  };
});

/** The picture that a video shows right now, uploaded. */
const frameOf = async (video) => {
  if (!video?.videoWidth) throw new Error("The video is not loaded yet: play it first.");
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  const picture = await new Promise((done) => canvas.toBlob(done, "image/png"));
  const form = new FormData();
  form.append("files", picture, "frame.png");
  const answer = await fetch(`${appRoot()}/gradio_api/upload`, { method: "POST", body: form });
  if (!answer.ok) throw new Error("The frame could not be uploaded.");
  return { path: (await answer.json())[0], orig_name: "frame.png", meta: { _type: "gradio.FileData" } };
};

/** order: { record, kind, file, target }. video: the element that shows it, when it is one. */
export const sendResult = async (order, video) => {
  if (!carry) return;
  const tab = order.target.split("-")[0];
  if (order.kind === "video" && /-image$/.test(order.target)) await carry(tab, { do: "frame", target: order.target, file: await frameOf(video) });
  else await carry(tab, { do: "send", ...order });
};
/** Opens a result of the history in its tab again. */
export const reopenResult = (record, tab) => {
  claimTab(tab);
  carry?.(tab, { do: "open", record });
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.(".omni-send button");
  const row = button?.closest(".omni-send");
  if (!row) return;
  const { record, kind, from } = row.dataset;
  const file = selectedPicture(`${from}-result`).at;
  const words = button.textContent;
  try {
    await sendResult({ record, kind, file, target: button.dataset.target }, document.querySelector(`#${from}-result video`));
  } catch (error) {
    button.textContent = error.message;
    setTimeout(() => (button.textContent = words), 4000);
  }
});
defineAction("send_result", sendResult);
defineAction("reopen_result", reopenResult);
