// Gradio names the buttons of its players in words for programs, and in English alone: here they get names for people, which
// are translated as all others are.
const NAMES = [
  [/^Adjust volume$/, () => "Volume"],
  [/^Adjust playback speed to (.+)x$/, (speed) => `Play at ${speed} times the speed`],
  [/^Skip backwards by (.+) seconds$/, (seconds) => `Back by ${round(seconds)} s`],
  [/^Skip forward by (.+) seconds$/, (seconds) => `Forward by ${round(seconds)} s`],
  [/^pause$/, () => "Pause"],
  [/^Select input device$/, () => "Microphone to record with"],
  [/^play-pause-replay-button$/, () => "Play or pause"],
  [/^full-screen$/, () => "Full screen"],
  [/^undo$/, () => "Undo"],
  [/^Upload file$/, () => "Upload a file"],
  [/^Record audio$/, () => "Record a sound"],
  [/^Trim (audio|video) to selection$/, () => "Cut to the selection"],
  [/^Reset (audio|video to initial value)$/, () => "Undo the cut"],
  [/^start drag handle for trimming video$/, () => "Start of the cut"],
  [/^end drag handle for trimming video$/, () => "End of the cut"],
  [/^duration of selected region in seconds$/, () => "Length of the cut, in seconds"],
  [/^loading timeline$/, () => "Loading the timeline"],
];
const round = (seconds) => Math.round(Number(seconds) * 10) / 10;

/** The name for people; null for one that is none of Gradio's players. */
export const plainName = (label) => {
  for (const [pattern, name] of NAMES) {
    const match = pattern.exec(label);
    if (match) return name(match[1]);
  }
  return null;
};

const rename = (element) => {
  const name = plainName(element.getAttribute("aria-label") || "");
  if (name) element.setAttribute("aria-label", name);
};
if (typeof document !== "undefined") {
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "attributes") rename(target);
      for (const node of addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        rename(node);
        node.querySelectorAll("[aria-label]").forEach(rename);
      }
    }
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label"] });
}
