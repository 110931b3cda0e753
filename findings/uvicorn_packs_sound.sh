#!/usr/bin/env bash
# uvicorn 0.54.0: each message of a websocket is packed by default (`ws_per_message_deflate`), since every browser offers
# it. For live sound that is nearly all of the work: sending 20 ms of PCM16 at 24 kHz, with a voice's share of noise,
# costs about ten times the processor time that it costs unpacked, and becomes no smaller.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check uvicorn==0.54.0 starlette==1.10.0 websockets==17.4
cd "$folder"
cat > speaking.py <<'PY'
"""Serves a socket that sends sound and says at last how many seconds of processor time that took."""

import array
import math
import random
import sys
import time

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute

noise = random.Random(1)
sound = array.array("h", (int(6000 * math.sin(number / 9) + noise.gauss(0, 900)) for number in range(24_000))).tobytes()
pieces = [sound[begin : begin + 960] for begin in range(0, len(sound), 960)]


async def speak(line):
    await line.accept()
    began = time.process_time()
    for _ in range(40):
        for piece in pieces:
            await line.send_bytes(piece)
    await line.send_text(str(time.process_time() - began))
    await line.close()


app = Starlette(routes=[WebSocketRoute("/", speak)])
given = {} if sys.argv[2] == "default" else {"ws_per_message_deflate": False}
uvicorn.run(app, port=int(sys.argv[1]), log_level="critical", **given)
PY
cat > measure.py <<'PY'
import asyncio
import socket
import statistics
import subprocess
import sys
import zlib

import uvicorn
import websockets
from websockets.asyncio.client import connect


async def cost(port):
    """Seconds of processor time for 40 s of sound, and the share of a piece that packing leaves."""
    for _ in range(100):
        try:
            line = await connect(f"ws://127.0.0.1:{port}/")  # offers packing, as browsers do
            break
        except OSError:
            await asyncio.sleep(0.1)
    async with line:
        packed = "permessage-deflate" in line.response.headers.get("Sec-WebSocket-Extensions", "")
        heard = b""
        async for message in line:
            if isinstance(message, str):
                return float(message), packed, heard[:48_000]
            heard += message


async def main():
    seconds, packing = {}, {}
    for way in ("default", "off"):
        with socket.socket() as place:
            place.bind(("127.0.0.1", 0))
            port = place.getsockname()[1]
        server = subprocess.Popen([sys.executable, "speaking.py", str(port), way])
        try:
            runs = [await cost(port) for _ in range(5)]
        finally:
            server.kill()
        seconds[way] = statistics.median(run[0] for run in runs)
        packing[way] = runs[0][1]
        sound = runs[0][2]
    pieces = [sound[begin : begin + 960] for begin in range(0, len(sound), 960)]
    packer = zlib.compressobj(wbits=-12)  # uvicorn's window
    left = sum(len(packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH)) for piece in pieces) / len(sound)
    ratio = seconds["default"] / seconds["off"]
    print("uvicorn", uvicorn.__version__, "websockets", websockets.__version__)
    print(f"packed by default: {packing['default']}; with ws_per_message_deflate=False: {packing['off']}")
    print(f"a piece costs {ratio:.1f} times as much packed, and becomes {left:.2f} times as large")
    return packing == {"default": True, "off": False} and ratio > 3 and left > 0.8


sys.exit(0 if asyncio.run(main()) else "The behaviour has changed.")
PY
"$folder/venv/bin/python" measure.py
