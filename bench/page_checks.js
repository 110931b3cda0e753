// What can be seen to be wrong in a page as it stands, by measuring (bench/screenshots.py). A function: (phone) => { faults, heights }.
(phone) => {
  const faults = new Set();
  const heights = {};
  const width = innerWidth;
  const visible = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && element.getClientRects().length;
  const name = (element) => {
    const own = element.closest("[id]")?.id || "";
    const words = (element.getAttribute("aria-label") || element.textContent || element.placeholder || "").trim().slice(0, 30);
    const kind = typeof element.className === "string" ? element.className.split(" ").filter((one) => one.startsWith("omni-")).join(".") : "";
    return `${element.tagName.toLowerCase()}${kind ? `.${kind}` : ""} "${words}" in #${own}`;
  };
  const scrolls = (element) => {
    for (let up = element; up; up = up.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(up);
      if (/auto|scroll/.test(overflowX) && up.scrollWidth > up.clientWidth) return up;
      if (/auto|scroll/.test(overflowY) && up.scrollHeight > up.clientHeight) return up;
    }
    return null;
  };
  /** Whether what does not fit ends in three dots. */
  const dots = (element) => {
    for (let up = element; up; up = up.parentElement) if (getComputedStyle(up).textOverflow === "ellipsis" && getComputedStyle(up).overflowX !== "visible") return true;
    return false;
  };
  if (document.documentElement.scrollWidth > width) faults.add(`the page scrolls sideways: ${document.documentElement.scrollWidth} of ${width} px`);

  const hidden = (box) => box.width <= 1 || box.height <= 1; // for screen readers alone
  for (const element of document.querySelectorAll("body *")) {
    if (!visible(element) || element.closest("svg, video, audio, [inert]")) continue;
    const box = element.getBoundingClientRect();
    if (hidden(box)) continue;
    const style = getComputedStyle(element);
    const words = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.nodeValue.trim());
    if (words && box.right > width + 1 && !scrolls(element) && !dots(element)) faults.add(`beyond the edge: ${name(element)}`);
    const cut = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1 && style.overflowX !== "visible" && !/auto|scroll/.test(style.overflowX);
    if (words && cut && style.textOverflow !== "ellipsis" && !style.webkitLineClamp.match(/^\d/)) faults.add(`cut off: ${name(element)}`);
    if (element.tagName === "BUTTON" && words && getComputedStyle(element, "::after").position !== "absolute" && element.scrollWidth > element.clientWidth + 1) faults.add(`wider than its button: ${name(element)}`);
    if (element.tagName === "INPUT" && /text|number|search/.test(element.type) && element.scrollWidth > element.clientWidth + 1 && element.value && style.textOverflow !== "ellipsis") faults.add(`longer than its field: ${name(element)} "${element.value}"`);
  }

  /** Whether an invisible part of it (::after) is as large as a finger. */
  const wide = (element) => parseFloat(getComputedStyle(element, "::after").height) >= 42;
  const note = (kind, element, box) => {
    const by = (heights[kind] ||= {});
    const height = String(Math.round(box.height * 2) / 2);
    (by[height] ||= []).push(name(element));
  };
  const kindOf = (element) => {
    if (element.matches(".wrap-inner, select")) return "select";
    if (element.matches("input:is([type=text], [type=number], [type=search], [type=password], :not([type]))")) return "field";
    if (element.matches(".omni-small, .omni-tools button, .omni-job-tools *, button.sm")) return "small button";
    if (element.matches(".omni-more-fold, .label-wrap, summary")) return "fold";
    return element.matches("button") ? "button" : "";
  };
  const targets = "button, a[href], input:not([type=hidden], [type=range]), select, textarea, summary, .wrap-inner, [role=button]";
  for (const element of document.querySelectorAll(targets)) {
    if (!visible(element)) continue;
    const box = (element.matches(".wrap-inner") ? element.parentElement : element).getBoundingClientRect();
    if (hidden(box) || element.closest(".wrap-inner") && !element.matches(".wrap-inner")) continue;
    if (kindOf(element)) note(kindOf(element), element, box);
    const held = element.closest("label, .omni-brush-place")?.getBoundingClientRect();
    const inline = element.matches("a") && getComputedStyle(element).display === "inline";
    if (phone && !inline && Math.max(box.height, held?.height || 0) < 43.5 && getComputedStyle(element).opacity !== "0" && !element.matches(".omni-skip") && !wide(element)) faults.add(`under 44 px (${Math.round(box.height)}): ${name(element)}`);
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    if (x < 0 || y < 0 || x >= width || y >= innerHeight || getComputedStyle(element).pointerEvents === "none" || element.closest(":disabled")) continue;
    const top = document.elementFromPoint(x, y);
    const related = top && (top === element || element.contains(top) || top.contains(element) || top.closest("label")?.contains(element) || element.closest("label")?.contains(top));
    const sticky = top?.closest(".omni-buttons, dialog, .omni-header, .tab-wrapper");
    if (top && !related && !sticky && !document.querySelector("dialog[open]") && !scrolls(element)) faults.add(`covered: ${name(element)} by ${name(top)}`);
  }
  return { faults: [...faults], heights };
}
