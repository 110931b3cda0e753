// The histories of all open pages of this browser hear when one of them has to look again.

/** Where they hear it; null in a browser without such channels. */
export const historyChannel = () => ("BroadcastChannel" in globalThis ? new BroadcastChannel("omni-history") : null);

/** Lets all of them look again: something was made, failed or was cut off. */
export const tellHistories = () => {
  const channel = historyChannel();
  channel?.postMessage("changed");
  channel?.close();
};
