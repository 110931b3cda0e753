// The session of this page in which the visitor chose a server of their own; empty for the page's own servers.
let session = "";

export const setSession = (id) => { session = id || ""; };

/** The session's id, for what goes on in a socket; empty for the page's own servers. */
export const sessionId = () => session;

/** The header by which our routes know the session; none when there is none. (Addresses are written into logs.) */
export const sessionHeaders = () => (session ? { "X-Omni-Session": session } : {});
