#!/usr/bin/env bash
# uvicorn 0.54.0: a websocket whose line is dropped without a close frame reaches the app as code 1005 ("closed, no
# status") where RFC 6455 has 1006 ("abnormal closure") for it, with both of the implementations that `--ws auto` takes
# (websockets-sansio, wsproto). A visitor who left the page on purpose and one whose network is gone look the same. Only
# the deprecated `--ws websockets`, which `auto` took before, says 1006, so code that asks for 1006 broke silently.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  uvicorn==0.54.0 starlette==1.10.0 websockets==17.4 wsproto==1.3.2
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import asyncio
import socket
import sys
import warnings

import uvicorn
import websockets
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

warnings.simplefilter("ignore")
CLOSE_WITHOUT_A_CODE = bytes([0x88, 0x80, 1, 2, 3, 4])  # a masked close frame with nothing in it


async def code_seen(implementation, leave):
    """What the app is told when its only visitor leaves in this way."""
    codes = asyncio.Queue()

    async def listen(line):
        await line.accept()
        while (message := await line.receive())["type"] != "websocket.disconnect":
            pass
        await codes.put(int(message["code"]))

    place = socket.socket()
    place.bind(("127.0.0.1", 0))
    app = Starlette(routes=[WebSocketRoute("/", listen)])
    server = uvicorn.Server(uvicorn.Config(app, ws=implementation, log_level="critical", lifespan="off"))
    serving = asyncio.create_task(server.serve([place]))
    while not server.started:
        await asyncio.sleep(0.02)
    visitor = await websockets.connect(f"ws://127.0.0.1:{place.getsockname()[1]}/")
    leave(visitor.transport)
    code = await asyncio.wait_for(codes.get(), 10)
    server.should_exit = True
    await serving
    return code


async def main():
    ways = {
        "a close frame without a code": lambda line: line.write(CLOSE_WITHOUT_A_CODE),
        "the line ends (FIN)": lambda line: line.close(),
        "the line is cut (RST)": lambda line: line.abort(),
    }
    print("uvicorn", uvicorn.__version__)
    seen = {}
    for implementation in ("auto", "websockets-sansio", "wsproto", "websockets"):
        seen[implementation] = [await code_seen(implementation, leave) for leave in ways.values()]
        print(f"--ws {implementation}:", ", ".join(f"{way}: {code}" for way, code in zip(ways, seen[implementation])))
    new = [1005, 1005, 1005]
    return seen == {"auto": new, "websockets-sansio": new, "wsproto": new, "websockets": [1005, 1006, 1006]}


sys.exit(0 if asyncio.run(main()) else "The behaviour has changed.")
PY
