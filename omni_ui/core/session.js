// The session of this page in which the visitor chose a server of their own; empty for the page's own servers.
let session = "";

export const setSession = (id) => { session = id || ""; };

/** The query by which our routes know the session; empty when there is none. */
export const sessionQuery = () => (session ? `?session=${encodeURIComponent(session)}` : "");
