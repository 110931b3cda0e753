// Paints a mask over a picture, in a dialog or right on the stage. The result is a PNG of the picture's size, white
// where something was painted and black elsewhere; null when it was given up.
import { makeToolbar } from "../../core/js/toolbar.js";
import { brushColour, partsOf } from "./brush_colour.js";

const SAMPLE = 40; // px: the side to which a picture is scaled down before its colours are looked at
const BAR = `
  <div role="group" aria-label="Tool" class="omni-brush-group">
    <button type="button" data-do="paint" aria-pressed="true">Paint</button>
    <button type="button" data-do="erase" aria-pressed="false">Erase</button></div>
  <label><span>Brush</span> <input type="range" min="1" max="40" value="8" aria-label="Brush size, percent of the picture"></label>
  <button type="button" data-do="undo">Undo</button><button type="button" data-do="clear">Clear</button>
  <button type="button" data-do="invert">Invert</button><span class="omni-brush-gap"></span>
  <button type="button" data-do="cancel">Cancel</button>
  <button type="button" data-do="use" class="omni-brush-use">Use mask</button>`;

const load = (address) => new Promise((done, failed) => {
  const image = new Image();
  image.onload = () => done(image);
  image.onerror = () => failed(new Error("The picture cannot be shown here."));
  image.src = address;
});
const canvasOf = (width, height) => Object.assign(document.createElement("canvas"), { width, height });

const colourFor = (picture) => {
  const context = canvasOf(SAMPLE, SAMPLE).getContext("2d");
  context.drawImage(picture, 0, 0, SAMPLE, SAMPLE);
  return brushColour(context.getImageData(0, 0, SAMPLE, SAMPLE).data);
};

/** A mask as what is painted: its light parts in the brush's colour, the rest clear. */
const readMask = (mask, width, height, colour) => {
  const [red, green, blue] = partsOf(colour);
  const canvas = canvasOf(width, height);
  const context = canvas.getContext("2d");
  context.drawImage(mask, 0, 0, width, height);
  const pixels = context.getImageData(0, 0, width, height);
  const data = pixels.data;
  for (let at = 0; at < data.length; at += 4) {
    const light = ((data[at] * 299 + data[at + 1] * 587 + data[at + 2] * 114) / 1000) * (data[at + 3] / 255);
    data[at] = red; data[at + 1] = green; data[at + 2] = blue; data[at + 3] = light;
  }
  context.putImageData(pixels, 0, 0);
  return canvas;
};

const isEmpty = (canvas) => {
  const small = canvasOf(Math.min(canvas.width, 256), Math.min(canvas.height, 256));
  const context = small.getContext("2d");
  context.drawImage(canvas, 0, 0, small.width, small.height);
  return !context.getImageData(0, 0, small.width, small.height).data.some((part, at) => at % 4 === 3 && part > 8);
};

/** A picture with a mask over it, in the colour that a brush would have there: [picture, canvas]. */
export const drawMasked = async (address, maskAddress) => {
  const picture = await load(address);
  const mask = readMask(await load(maskAddress), picture.naturalWidth, picture.naturalHeight, colourFor(picture));
  return [picture, mask];
};

/**
 * place: the element in which it is painted; without one it is a dialog. Gives { done, use, isChanged, cancel }: a promise of the mask,
 * what the button "Use mask" does, whether there is something new to use, and the way to give it up.
 */
export const openBrush = async (address, maskAddress, place = null) => {
  const picture = await load(address);
  const colour = colourFor(picture);
  const start = maskAddress ? readMask(await load(maskAddress), picture.naturalWidth, picture.naturalHeight, colour) : null;
  const canvas = canvasOf(picture.naturalWidth, picture.naturalHeight);
  const context = canvas.getContext("2d");
  const dialog = document.createElement(place ? "div" : "dialog");
  dialog.className = place ? "omni-brush omni-brush-here" : "omni-brush";
  if (place) dialog.setAttribute("role", "group");
  dialog.setAttribute("aria-label", "Paint the area to change");
  dialog.innerHTML = `<p>Paint the area to change. Everything else stays as it is.</p><div class="omni-brush-bar" role="toolbar" aria-label="Brush">${BAR}</div>
    <p class="omni-brush-said" role="status"></p><div class="omni-brush-place"><div class="omni-brush-area"></div></div>`;
  const area = dialog.querySelector(".omni-brush-area");
  area.style.aspectRatio = `${canvas.width} / ${canvas.height}`;
  area.style.setProperty("--shape", canvas.width / canvas.height);
  const cursor = Object.assign(document.createElement("div"), { className: "omni-brush-cursor" });
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", "Mask. Arrow keys move the brush, Shift moves it further, Space paints, Enter takes the mask.");
  picture.alt = ""; // the canvas over it has the label
  area.append(picture, canvas, cursor);
  const range = dialog.querySelector("input");
  const said = dialog.querySelector(".omni-brush-said");
  makeToolbar(dialog.querySelector(".omni-brush-bar"));

  // What was done, to be done again after Undo: {erase, size, points}, or one of the words clear and invert.
  let steps = [];
  let erase = false;
  let at = { x: canvas.width / 2, y: canvas.height / 2 };
  const size = () => (range.value / 100) * Math.max(canvas.width, canvas.height);

  const stroke = ({ erase: off, size: wide, points }, from = 0) => {
    context.globalCompositeOperation = off ? "destination-out" : "source-over";
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = wide;
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    const first = points[Math.max(0, from - 1)];
    context.moveTo(first.x, first.y);
    for (const point of points.slice(Math.max(from, 0))) context.lineTo(point.x, point.y);
    context.stroke();
  };
  const redo = (step) => {
    if (step === "clear") context.clearRect(0, 0, canvas.width, canvas.height);
    else if (step === "invert") {
      context.globalCompositeOperation = "source-out";
      context.fillStyle = colour;
      context.fillRect(0, 0, canvas.width, canvas.height);
    } else stroke(step);
  };
  const begin = () => {
    context.globalCompositeOperation = "source-over";
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (start) context.drawImage(start, 0, 0);
  };
  const also = (step) => { steps.push(step); redo(step); said.textContent = ""; };

  const showCursor = () => {
    const scale = canvas.clientWidth / canvas.width;
    const wide = size() * scale;
    cursor.style.cssText = `width:${wide}px;height:${wide}px;left:${at.x * scale}px;top:${at.y * scale}px`;
  };
  const pointOf = (event) => {
    const place = canvas.getBoundingClientRect();
    return { x: ((event.clientX - place.left) / place.width) * canvas.width, y: ((event.clientY - place.top) / place.height) * canvas.height };
  };
  let drawing = null;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    const point = pointOf(event);
    drawing = { erase, size: size(), points: [point, { x: point.x + 0.01, y: point.y }] };
    also(drawing);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    at = pointOf(event);
    showCursor();
    if (!drawing) return;
    const from = drawing.points.length;
    const moves = event.getCoalescedEvents?.() ?? [];
    drawing.points.push(...(moves.length ? moves : [event]).map(pointOf));
    stroke(drawing, from);
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { drawing = null; });
  canvas.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (way) {
      const step = size() * (event.shiftKey ? 2 : 0.5);
      at = { x: Math.min(canvas.width, Math.max(0, at.x + way[0] * step)), y: Math.min(canvas.height, Math.max(0, at.y + way[1] * step)) };
      showCursor();
    } else if (event.key === " ") also({ erase, size: size(), points: [at, { x: at.x + 0.01, y: at.y }] });
    else if (event.key === "Enter") use();
    else return;
    event.preventDefault();
  });
  range.addEventListener("input", showCursor);

  let finish = null;
  const done = new Promise((resolve) => { finish = resolve; });
  const close = (mask) => { if (place) dialog.remove(); else dialog.close(); finish(mask); };
  const use = () => {
    if (isEmpty(canvas)) { said.textContent = "Nothing is painted yet: paint the area to change."; return; }
    const flat = canvasOf(canvas.width, canvas.height);
    const ink = flat.getContext("2d");
    ink.drawImage(canvas, 0, 0);
    ink.globalCompositeOperation = "source-in";
    ink.fillStyle = "#fff";
    ink.fillRect(0, 0, flat.width, flat.height);
    ink.globalCompositeOperation = "destination-over";
    ink.fillStyle = "#000";
    ink.fillRect(0, 0, flat.width, flat.height);
    flat.toBlob(close, "image/png");
  };
  const acts = {
    paint: () => { erase = false; },
    erase: () => { erase = true; },
    undo: () => { steps.pop(); begin(); steps.forEach(redo); },
    clear: () => also("clear"),
    invert: () => also("invert"),
    cancel: () => close(null),
    use,
  };
  dialog.addEventListener("click", (event) => {
    const act = event.target.closest("button")?.dataset.do;
    if (!act) return;
    acts[act]();
    for (const tool of ["paint", "erase"]) dialog.querySelector(`[data-do=${tool}]`).setAttribute("aria-pressed", erase === (tool === "erase"));
  });
  if (place) {
    dialog.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.preventDefault(); close(null); } });
    place.append(dialog);
  } else {
    dialog.addEventListener("close", () => { dialog.remove(); finish(null); });
    document.querySelector(".gradio-container .contain").append(dialog); // where the page's styles hold
    dialog.showModal();
  }
  begin();
  showCursor();
  dialog.querySelector("[data-do=paint]").focus({ preventScroll: Boolean(place) });
  /** Whether something is painted that was not there before. */
  const isChanged = () => steps.length > 0 && !isEmpty(canvas);
  return { done, use, isChanged, cancel: () => close(null) };
};
