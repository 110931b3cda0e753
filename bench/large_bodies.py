"""What large bodies cost everybody else: another visitor's requests alone, and while 5 MB are sent over and over.

python -m bench.large_bodies [rounds] [--only KIND]

Aim: at most 3 times as long. The sender is a process of its own and sends one body after the other; alone and beside it
are measured in turns within one run.
"""

import argparse
import asyncio
import contextlib
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx

from bench import apps
from bench.load import Endpoint, client, one_run

SIZE = 5_000_000
TAKEN = 1_990_000
FORM_TAKEN = 299_000
"""Bytes that are just below the page's limits for JSON and for forms, so that they are read to their end."""
JSON, FORM, FILES = "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
AIM = 3.0
REQUESTS = 40
"""Requests of each kind in one turn."""
JOIN, UPLOAD, KEEPSAKE = "/gradio_api/queue/join", "/gradio_api/upload", "/omni/history/keepsake"
PART = b'--b\r\nContent-Disposition: form-data; name="%s"; filename="a.txt"\r\n\r\n%s\r\n'
Body = tuple[str, str, bytes]
"""Path, content type, bytes."""


def parts(name: bytes, count: int) -> bytes:
    content = b"x" * max(1, SIZE // count - len(PART))
    return (PART % (name, content)) * count + b"--b--\r\n"


LONG = b'"' + b"x" * SIZE + b'"'
PROMPTS: dict[str, bytes] = {
    "JSON, announced": LONG,
    "JSON, in pieces": LONG,
    "JSON below the limit: one text": b'"' + b"x" * TAKEN + b'"',
    "JSON below the limit: numbers": b"[" + b"1," * 99_000 + b"1]",
    "JSON below the limit: texts": b"[" + b'"word word word wor",' * 90_000 + b"1]",
    "JSON below the limit: escapes": b'"' + rb"\ud83e" * (TAKEN // 6) + b'"',
    "JSON below the limit: encoded": b'"' + b"%25" * (TAKEN // 3) + b'"',
}
"""What stands in the place of a run's prompt, as JSON."""
OTHERS: dict[str, Callable[[], Body]] = {
    "a form": lambda: (KEEPSAKE, FORM, b"ids=" + b"x," * (SIZE // 2)),
    "a form below the limit": lambda: (KEEPSAKE, FORM, b"ids=" + b"x," * (FORM_TAKEN // 2)),
    "a form of files, not an upload": lambda: (JOIN, FILES, parts(b"files", 1)),
    "an upload": lambda: (UPLOAD, FILES, parts(b"files", 1)),
    "an upload of 100 files": lambda: (UPLOAD, FILES, parts(b"files", 100)),
    "an upload of small parts": lambda: (UPLOAD, FILES, parts(b"other", SIZE // 100)),
}
RUN = "a server's error"
KINDS = [*PROMPTS, *OTHERS, RUN]


def send(url: str, kind: str) -> None:
    """Sends it until the process is ended."""
    if kind == RUN:
        asyncio.run(_runs_that_fail(url))
        return
    path, content_type, body = asyncio.run(_join(url, PROMPTS[kind])) if kind in PROMPTS else OTHERS[kind]()
    pieces = kind.endswith("in pieces")
    while True:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        blocks = (body[at : at + 65536] for at in range(0, len(body), 65536))
        headers = {"Content-Type": content_type, "Cookie": "omni_visitor=" + "sender" * 5}
        with contextlib.suppress(OSError, http.client.HTTPException):  # it is refused before it was all sent
            connection.request("POST", path, blocks if pieces else body, headers, encode_chunked=pieces)
            connection.getresponse().read()
        connection.close()


async def _join(url: str, prompt: bytes) -> Body:
    """The request that begins a run with this prompt."""
    async with client() as web:
        endpoint = await Endpoint.find(web, url, "image")
    body = {"data": endpoint.data(prompt="PROMPT"), "fn_index": endpoint.index, "session_hash": "sender"}
    return JOIN, JSON, json.dumps(body).encode().replace(b'"PROMPT"', prompt)


async def _runs_that_fail(url: str) -> None:
    async with client() as web:
        endpoint = await Endpoint.find(web, url, "image")
        while True:
            with contextlib.suppress(RuntimeError):
                await one_run(web, endpoint, prompt=f"error {SIZE}")


@contextlib.contextmanager
def sending(url: str, kind: str | None) -> Iterator[None]:
    if kind is None:
        yield
        return
    command = [sys.executable, "-m", "bench.large_bodies", "--send", kind, "--url", url]
    process = subprocess.Popen(command, cwd=apps.ROOT, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1.5)  # it imports, and makes the body
        yield
    finally:
        process.kill()
        process.wait()


async def requests(url: str) -> dict[str, list[float]]:
    """Milliseconds of a small request, and of a whole run, one after the other."""
    took: dict[str, list[float]] = {"status": [], "run": []}
    async with httpx.AsyncClient(timeout=120, headers={"Cookie": "omni_visitor=" + "reader" * 5}) as web:
        endpoint = await Endpoint.find(web, url, "image")
        for _ in range(REQUESTS):
            began = time.perf_counter()
            (await web.get(url + "/omni/status")).raise_for_status()
            took["status"].append(1000 * (time.perf_counter() - began))
            took["run"].append(1000 * await one_run(web, endpoint, prompt="a boat", size="64x64"))
    return took


def measure(url: str, kind: str, rounds: int) -> bool:
    """Prints both, and whether the aim is met."""
    took: dict[tuple[str, bool], list[float]] = {}
    for _ in range(rounds):
        for kind_now in (None, kind):
            with sending(url, kind_now):
                for what, samples in asyncio.run(requests(url)).items():
                    took.setdefault((what, kind_now is not None), []).extend(samples)
    met = True
    for what in ("status", "run"):
        alone, beside = took[what, False], took[what, True]
        ratio = statistics.median(beside) / statistics.median(alone)
        met = met and ratio <= AIM
        print(
            f"{kind:35} {what:6} alone {statistics.median(alone):6.1f} ms, beside {statistics.median(beside):6.1f} ms: "
            f"{ratio:.1f} times (the slowest of {len(beside)}: {max(beside):.0f} ms, alone {max(alone):.0f} ms)",
            flush=True,
        )
    return met


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", type=int, nargs="?", default=3)
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--send", help="used by itself: the kind to send")
    parser.add_argument("--url")
    options = parser.parse_args()
    if options.send:
        send(options.url, options.send)
    kinds = [options.only] if options.only else KINDS
    with tempfile.TemporaryDirectory(prefix="omni-bench-") as data, apps.server() as server:
        httpx.post(server.url + "/set", json={"latency": 0}).raise_for_status()
        with apps.omni(server.url, OMNI_DATA_DIR=data) as ours:
            asyncio.run(requests(ours.url))  # so that nothing is done for the first time
            missed = [kind for kind in kinds if not measure(ours.url, kind, options.rounds)]
    print(f"More than {AIM:g} times as long: {', '.join(missed) or 'none'}.")
    return bool(missed)


if __name__ == "__main__":
    sys.exit(main())
