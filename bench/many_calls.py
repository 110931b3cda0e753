"""Ten calls at once, part by part: bare clients, bare clients through the app, bare pages, ours. And an hour's call."""

import asyncio
import base64
import json
import os
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page
from websockets.asyncio.client import connect

from bench.apps import Program

RATE = 16_000
SPEECH = (("silence", 1.0), ("tone", 0.6), ("silence", 1.6))
"""One round of the microphone's file: the answer of 4 s is cut off by the next round's speech (barge-in)."""
SECONDS = 12
"""For which ten calls are watched, once all of them are there."""
TONE = (0.4 * np.sin(2 * np.pi * 200 * np.arange(RATE // 50) / RATE) * 32767).astype("<i2").tobytes()
NOTED = "document.querySelector('.omni-call').omniCall.benchNoted"


async def client_gaps(url: str, through_app: bool, number: int) -> list[float]:
    """The longest gap that a player without any reserve would have in the answers of each of so many bare clients."""
    return await asyncio.gather(*(_client(url, through_app, place) for place in range(number)))


async def _client(url: str, through_app: bool, place: int) -> float:
    path = "/omni/talk" if through_app else "/v1/realtime?duplex=1"
    headers = {"Cookie": "omni_visitor=" + chr(ord("a") + place) * 48} if through_app else {}
    start = {"type": "start"} if through_app else {"type": "session.update", "session": {}}
    longest, turn, until = 0.0, "", 0.0
    async with connect(url.replace("http", "ws", 1) + path, additional_headers=headers, proxy=None) as socket:
        await socket.send(json.dumps(start))
        await socket.recv()
        speaking = asyncio.create_task(_speak(socket, through_app))
        with suppress(TimeoutError):
            async with asyncio.timeout(SECONDS):
                async for message in socket:
                    answer, seconds = _sound(message)
                    now = time.perf_counter()
                    if not seconds:
                        continue
                    if answer != turn:
                        turn, until = answer, now
                    longest = max(longest, now - until)
                    until = max(now, until) + seconds
        speaking.cancel()
    return longest


def _sound(message: str | bytes) -> tuple[str, float]:
    """Of which answer, and how many seconds of it; 0 for anything else."""
    if isinstance(message, bytes):
        return str(message[:4]), (len(message) - 4) / 48_000
    event = json.loads(message)
    if event["type"] != "response.output_audio.delta":
        return "", 0.0
    return event["response_id"], len(base64.b64decode(event["delta"])) / 48_000


async def _speak(socket, through_app: bool) -> None:
    at = time.perf_counter()
    while True:
        for kind, seconds in SPEECH:
            for _ in range(round(seconds * 50)):
                frame = TONE if kind == "tone" else bytes(640)
                at += 0.02
                await asyncio.sleep(max(0, at - time.perf_counter()))
                event = {"type": "input_audio_buffer.append", "audio": base64.b64encode(frame).decode()}
                await socket.send(frame if through_app else json.dumps(event))


def page_gaps(pages: list[Page]) -> tuple[list[float], int, float]:
    """The longest gap in the answers of each page, in seconds; how many said that the answer came too slowly; how many
    cores were busy. What came before all of them were there does not count."""
    for page in pages:
        page.evaluate(f"{NOTED}.out.length = 0")
        page.evaluate("for (const box of document.querySelectorAll('.omni-call-notice')) box.textContent = ''")
    busy = _busy()
    pages[0].wait_for_timeout(1000 * SECONDS)
    busy = (_busy() - busy) / SECONDS
    longest, slow = [], 0
    for page in pages:
        noted = page.evaluate(NOTED)
        longest.append(longest_gap(noted["out"], [event["at"] for event in noted["mic"] if not event["on"]]))
        slow += page.locator(".omni-call-notice:has-text('more slowly')").count()
    return longest, slow, busy


def longest_gap(sound: list[dict], ends_of_speech: list[float]) -> float:
    """Of one page, in seconds. Silence in which somebody has stopped speaking lies between two answers, and is none."""
    silences = [(event["at"], later["at"]) for event, later in pairwise(sound) if not event["on"]]
    gaps = [end - begin for begin, end in silences if not any(begin < at < end for at in ends_of_speech)]
    return max(gaps, default=0.0)


def _busy() -> float:
    """Seconds for which the machine's cores have worked."""
    user, nice, system, _, _, *rest = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9])
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")


def bare_page(browser: Browser, url: str, watch: str) -> Page:
    page = browser.new_context().new_page()
    page.goto(f"{url}/page")
    page.wait_for_selector(".omni-call[data-state=listening]", state="attached", timeout=60_000)
    page.evaluate(watch)
    return page


TURNS = """
async (turns) => {
  const call = document.querySelector(".omni-call").omniCall;
  call.microphone.release();
  let ended;
  const before = call.turnEnded.bind(call);
  call.turnEnded = (event) => { before(event); ended(); };
  const tone = new Int16Array(320).map((_, i) => 13000 * Math.sin(i / 13));
  for (let turn = 0; turn < turns; turn += 1) {
    const over = new Promise((resolve, reject) => {
      ended = resolve;
      setTimeout(reject, 30000, new Error("no answer"));
    });
    for (let at = 0; at < 200; at += 1) call.frame(tone.slice().buffer, 0.3);
    for (let at = 0; at < 300; at += 1) call.frame(new ArrayBuffer(640), 0);
    await over;
  }
}
"""


def long_call(page: Page, app: Program, minutes: int) -> tuple[list[float], list[float]]:
    """Memory in MB of the app, and of the page's scripts without garbage, every tenth of a call of so many minutes.

    Each round is 10 s, of which 4 s are speech, spoken as fast as it is taken; the answer of 4 s comes at once.
    """
    session = page.context.new_cdp_session(page)
    app_memory, page_memory = [], []
    for _ in range(11):
        session.send("HeapProfiler.collectGarbage")
        usage = session.send("Runtime.getHeapUsage")
        kinds = ("usedSize", "embedderHeapUsedSize", "backingStorageSize")
        page_memory.append(sum(usage.get(kind, 0) for kind in kinds) / 1e6)
        app_memory.append(app.memory() / 1e6)
        if len(app_memory) <= 10:
            page.evaluate(TURNS, max(1, minutes * 6 // 10))
    return app_memory, page_memory
