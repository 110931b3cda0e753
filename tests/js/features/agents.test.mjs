// The lines that connect an agent (omni_ui/features/mcp/agents.js).
import assert from "node:assert/strict";
import test from "node:test";
import { agentLines, endpointOf } from "../../../omni_ui/features/mcp/agents.js";

test("the address is that of the page, below its path, and the key stands in every line", () => {
  const url = endpointOf("https://host.example/omni/?tab=server", "/gradio_api/mcp");
  assert.equal(url, "https://host.example/omni/gradio_api/mcp");
  const lines = agentLines(url, "secret").split("\n");
  assert.equal(lines.filter((line) => line.includes(url) && line.includes("secret")).length, 3);
  assert.deepEqual(Object.keys(JSON.parse(lines[3])), ["mcpServers"]);
  assert.deepEqual(JSON.parse(lines[5]).servers["omni-ui"].headers, { "X-Omni-Visitor": "secret" });
});

test("without a key none is shown", () => {
  assert.ok(agentLines("http://x", "").includes("X-Omni-Visitor: KEY"));
});
