// Takes a result to another tab (omni_ui/features/send_to/send_to.py): the app puts it into the field there.
(() => {
  const { root } = window.omniTools;
  let carry = null;

  /** The unseen component through which an order reaches the app. */
  window.omniCarrier = (props, trigger) => {
    carry = (what) => { window.omniFilled = true; props.value = { ...what, at: Date.now() }; trigger("input"); };
  };

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
    const answer = await fetch(`${root()}/gradio_api/upload`, { method: "POST", body: form });
    if (!answer.ok) throw new Error("The frame could not be uploaded.");
    return { path: (await answer.json())[0], orig_name: "frame.png", meta: { _type: "gradio.FileData" } };
  };

  /** order: { record, kind, file, target }. video: the element that shows it, when it is one. */
  window.omniSend = async (order, video) => {
    if (!carry) return;
    if (order.kind === "video" && /-image$/.test(order.target)) carry({ do: "frame", target: order.target, file: await frameOf(video) });
    else carry({ do: "send", ...order });
  };
  window.omniReopen = (record, tab) => {
    window.omniOwn(tab);
    carry?.({ do: "open", record });
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.(".omni-send button");
    const row = button?.closest(".omni-send");
    if (!row) return;
    const { record, kind, from } = row.dataset;
    const shown = document.querySelectorAll(`#${from}-result .omni-strip-item`);
    const file = Math.max(0, [...shown].findIndex((one) => one.getAttribute("aria-pressed") === "true"));
    const words = button.textContent;
    try {
      await window.omniSend({ record, kind, file, target: button.dataset.target }, document.querySelector(`#${from}-result video`));
    } catch (error) {
      button.textContent = error.message;
      setTimeout(() => (button.textContent = words), 4000);
    }
  });
})();
