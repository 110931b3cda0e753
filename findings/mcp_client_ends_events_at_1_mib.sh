#!/usr/bin/env bash
# The official Python SDK of the Model Context Protocol, 2.3.0: a tool that answers with one picture of 0.9 MB, as image
# content in base64, works over plain JSON answers and fails over the streams that are the default of streamable HTTP:
# httpx2, with which the SDK's own client reads, ends a server-sent event at 1 MiB. The server sends it all the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "mcp==2.3.0" "httpx2==2.16.2" 2>/dev/null
cat > "$folder/try.py" <<'PY'
import asyncio, base64, os, socket, threading, time
import uvicorn
from importlib.metadata import version
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.server.lowlevel import Server
from mcp import types

async def tools(context, params):
    return types.ListToolsResult.model_validate({"tools": [{"name": "picture", "inputSchema": {"type": "object"}}]})

async def call(context, params):
    data = base64.b64encode(os.urandom(params.arguments["bytes"])).decode()
    return types.CallToolResult.model_validate({"content": [{"type": "image", "data": data, "mimeType": "image/png"}]})

def serve(json_response):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = Server("pictures", on_list_tools=tools, on_call_tool=call).streamable_http_app(
        stateless_http=True, json_response=json_response)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.02)
    return f"http://127.0.0.1:{port}/mcp"

async def ask(url, size):
    try:
        async with streamable_http_client(url) as streams, ClientSession(*streams[:2]) as session:
            await session.initialize()
            result = await session.call_tool("picture", {"bytes": size})
            return f"a picture of {len(base64.b64decode(result.content[0].data))} bytes"
    except BaseException as error:
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        return f"{type(error).__name__}: {error}"

print("mcp", version("mcp"), "httpx2", version("httpx2"))
stream, plain = serve(False), serve(True)
results = {}
for name, url in (("stream", stream), ("json", plain)):
    for size in (700_000, 900_000):
        results[name, size] = asyncio.run(ask(url, size))
        print(f"{name:7} {size} bytes -> {results[name, size]}")
assert results["stream", 700_000].startswith("a picture"), "changed"
assert results["json", 900_000].startswith("a picture"), "changed"
assert "1048576 byte limit" in results["stream", 900_000], "changed"
PY
"$folder/venv/bin/python" "$folder/try.py"
