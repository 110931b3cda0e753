#!/usr/bin/env bash
# httpcore 1.0.9 (httpx 0.28.1): for every idle connection, each request looks through all connections of the client, so
# its cost grows with the square of those that are idle: with max_keepalive_connections=None, which reads like "as many
# as the server allows", 200 idle connections make each later request several times as dear. The list that is counted
# against max_keepalive_connections holds the busy ones too: with more than that busy, each one that ends is closed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check httpx==0.28.1 httpcore==1.0.9
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import asyncio
import sys
import time

import httpcore
import httpx

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
opened = 0


async def serve(reader, writer):
    """Answers /slow after two seconds and everything else at once; keeps each connection open."""
    global opened
    opened += 1
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            if head.startswith(b"GET /slow"):
                await asyncio.sleep(2)
            writer.write(ANSWER)
            await writer.drain()
    except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
        pass
    finally:
        writer.close()


async def cost_of_a_request(url, idle):
    """Milliseconds of processor time for each of 50 requests in a row, with so many idle connections."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:
        await asyncio.gather(*(client.get(url + "slow") for _ in range(idle)))
        began = time.process_time()
        for _ in range(50):
            await client.get(url)
        return 1000 * (time.process_time() - began) / 50


async def connections_beside_busy_ones(url, busy):
    """Connections opened for 10 requests in a row, while so many others are under way and 20 may be kept."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:
        others = [asyncio.create_task(client.get(url + "slow")) for _ in range(busy)]
        await asyncio.sleep(0.5)
        before = opened
        for _ in range(10):
            await client.get(url)
        used = opened - before
        await asyncio.gather(*others)
        return used


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=500)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    costs = {idle: await cost_of_a_request(url, idle) for idle in (1, 100, 200)}
    used = {busy: await connections_beside_busy_ones(url, busy) for busy in (5, 25)}
    print("httpx", httpx.__version__, "httpcore", httpcore.__version__)
    for idle, cost in costs.items():
        print(f"idle connections: {idle}; a request costs {cost / costs[1]:.1f} times that with one")
    for busy, count in used.items():
        print(f"20 may be kept, {busy} requests under way: 10 requests in a row opened {count} connections")
    return costs[200] > 5 * costs[1] and used == {5: 1, 25: 10}


sys.exit(0 if asyncio.run(main()) else "The behaviour has changed.")
PY
