"""The page's jobs as tools for agents, over the Model Context Protocol (streamable HTTP): off unless OMNI_MCP is set.

`schema` describes a tool from its request model, `arguments` reads files out of what an agent sends, `jobs` runs one
like a press of Run, `endpoint` speaks the protocol by the official Python SDK.
"""
