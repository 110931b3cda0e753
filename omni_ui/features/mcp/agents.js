// The card for agents: lines for three programs, with the key of this browser once it is asked for.
import { defineComponent } from "../../core/js/components.js";

const HEADER = "X-Omni-Visitor";

/** The lines for an address and a key; without a key there is a word in its place. */
export const agentLines = (url, key) => {
  const headers = { [HEADER]: key || "KEY" };
  return [
    "# Claude Code",
    `claude mcp add --transport http omni-ui ${url} --header "${HEADER}: ${headers[HEADER]}"`,
    "# Cursor: ~/.cursor/mcp.json",
    JSON.stringify({ mcpServers: { "omni-ui": { url, headers } } }),
    "# VS Code: .vscode/mcp.json",
    JSON.stringify({ servers: { "omni-ui": { type: "http", url, headers } } }),
  ].join("\n");
};

/** The endpoint's address, below the path that the page is served under. */
export const endpointOf = (page, path) => new URL(page).origin + new URL(page).pathname.replace(/\/$/, "") + path;

defineComponent("agents", ({ element, options }) => {
  const code = element.querySelector("code");
  const show = (key) => (code.textContent = agentLines(endpointOf(location.href, options.path), key));
  show("");
  element.querySelector(".omni-agents-show").addEventListener("click", (event) => {
    show(localStorage.getItem("omni_visitor"));
    event.currentTarget.hidden = true;
  });
});
