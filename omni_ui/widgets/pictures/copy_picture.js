// Puts a picture on the clipboard: as PNG, which all programs take.

const asPng = async (image) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  canvas.getContext("2d").drawImage(image, 0, 0);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
};

/** button: says for a moment whether it worked. */
export const copyPicture = async (image, button) => {
  const words = button.textContent;
  const say = (answer) => { button.textContent = answer; button.toggleAttribute("data-said", true); };
  try {
    // As a promise: Safari forgets that there was a click when it has to wait.
    await navigator.clipboard.write([new ClipboardItem({ "image/png": asPng(image) })]);
    say("Copied");
  } catch {
    say("This browser does not allow it");
  }
  setTimeout(() => { button.textContent = words; button.removeAttribute("data-said"); }, 2000);
};
