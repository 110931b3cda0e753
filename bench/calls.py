"""Talk, measured in Chromium with its fake microphone beside a bare websocket client, in one run.

Times of the page are those of its own sound graph: a worklet beside the microphone notes when speech ends and begins, a
worklet behind the player when sound begins and ends, both on the clock of the same AudioContext. What lies outside the
graph (the devices themselves) is in neither way.
"""

import argparse
import asyncio
import base64
import json
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import httpx
import numpy as np
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from websockets.asyncio.client import connect

from bench import apps
from bench.apps import Program
from bench.browser import FLAGS
from bench.table import Check, Row, machine, markdown
from tests.recordings import speech

SPEECH = (("silence", 1.0), ("tone", 0.6), ("silence", 1.6))
"""One round of the microphone's file: the answer of 4 s is cut off by the next round's speech (barge-in)."""
CALLS = 10
README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- calls -->", "<!-- /calls -->"
RATE, QUIET = 16_000, 0.2

WATCH = """
async () => {
  const call = document.querySelector(".omni-call").omniCall;
  const source = `registerProcessor("bench-watch", class extends AudioWorkletProcessor {
    constructor({ processorOptions }) {
      super();
      // The microphone is judged as the server does: by the loudness of 20 ms; the player sample by sample.
      this.span = processorOptions.window ? sampleRate / 50 : 1;
      this.limit = processorOptions.window ? 0.02 : 0.01;
      this.squares = new Float64Array(this.span);
      this.place = this.sum = this.quiet = 0;
      this.on = false;
    }
    process([input]) {
      const samples = input[0] || [];
      for (let i = 0; i < 128; i += 1) {
        const square = (samples[i] || 0) ** 2;
        this.sum += square - this.squares[this.place];
        this.squares[this.place] = square;
        this.place = (this.place + 1) % this.span;
        const loud = Math.sqrt(Math.max(0, this.sum) / this.span) > this.limit;
        const at = currentTime + i / sampleRate;
        if (loud && !this.on) { this.on = true; this.port.postMessage({ on: true, at }); }
        // The last window with sound in it ends one window after the sound.
        if (loud) { this.last = at - (this.span - 1) / sampleRate; this.quiet = 0; }
        else if (this.on && (this.quiet += 1) > sampleRate * 0.012) {
          this.on = false;
          this.port.postMessage({ on: false, at: this.last });
        }
      }
      return true;
    }
  })`;
  await call.context.audioWorklet.addModule(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const noted = { mic: [], out: [], offsets: [] };
  const tap = (node, list, window) => {
    const options = { numberOfOutputs: 0, processorOptions: { window } };
    const watch = new AudioWorkletNode(call.context, "bench-watch", options);
    watch.port.onmessage = ({ data }) => list.push(data);
    node.connect(watch);
  };
  tap(call.microphone.source, noted.mic, true);
  tap(call.player, noted.out, false);
  // When a sample of the graph is heard, by the computer's clock: with the browser's own delay of the output.
  setInterval(() => {
    const { contextTime, performanceTime } = call.context.getOutputTimestamp();
    if (contextTime) noted.offsets.push(performance.timeOrigin + performanceTime - 1000 * contextTime);
  }, 50);
  call.benchNoted = noted;
}
"""
NOTED = "document.querySelector('.omni-call').omniCall.benchNoted"


def server() -> apps.contextlib.AbstractContextManager[Program]:
    port = apps.free_port()
    return apps.started("server", [sys.executable, "-m", "bench.call_server", "--port", str(port)], port, "/health")


async def bare(url: str, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds from the end of speech to the first sound, and from the server's first event to it, without a page."""
    waits, events = [], []
    tone = (0.4 * np.sin(2 * np.pi * 200 * np.arange(RATE // 50) / RATE) * 32767).astype("<i2").tobytes()
    async with connect(url.replace("http", "ws", 1) + "/v1/realtime?duplex=1", proxy=None) as socket:
        await socket.send(json.dumps({"type": "session.update", "session": {}}))
        await socket.recv()
        ended = 0.0

        async def speak() -> None:
            nonlocal ended
            at = time.perf_counter()
            while True:
                for kind, seconds in SPEECH:
                    for _ in range(round(seconds * 50)):
                        frame = tone if kind == "tone" else bytes(640)
                        audio = base64.b64encode(frame).decode()
                        at += 0.02  # a frame can be sent once it was spoken
                        await asyncio.sleep(max(0, at - time.perf_counter()))
                        await socket.send(json.dumps({"type": "input_audio_buffer.append", "audio": audio}))
                    if kind == "tone":
                        ended = at  # when the last loud sample was spoken

        speaking = asyncio.create_task(speak())
        turn = ""
        async for message in socket:
            event = json.loads(message)
            if event["type"] == "response.output_audio.delta" and event["response_id"] != turn:
                turn = event["response_id"]
                waits.append(time.perf_counter() - ended)
                events.append(time.time())
                if len(waits) >= rounds:
                    break
        speaking.cancel()
    async with httpx.AsyncClient() as http:
        firsts = [answer["first"] for answer in (await http.get(f"{url}/log")).json()[-rounds:]]
    return waits, [heard - first for heard, first in zip(events, firsts, strict=True)]


def caller(driver: Playwright, file: Path) -> Browser:
    fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    fake += [f"--use-file-for-fake-audio-capture={file}"]
    return driver.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS + fake)


def call(browser: Browser, url: str) -> Page:
    page = browser.new_context(bypass_csp=True).new_page()  # for the worklet of WATCH
    page.goto(url)
    page.get_by_role("tab", name="Talk", exact=True).click()
    page.click("#talk-run")
    page.wait_for_selector(".omni-call[data-state=listening], .omni-call[data-state=thinking]", timeout=60_000)
    page.evaluate(WATCH)
    return page


def latencies(page: Page, url: str, rounds: int) -> dict[str, list[float]]:
    """Of one call, in seconds: end of speech to sound, first event to sound, and speech to silence."""
    began = time.time()
    page.wait_for_function(f"{NOTED}.out.filter((e) => e.on).length > {rounds}", timeout=1000 * (rounds + 2) * 10)
    noted = page.evaluate(NOTED)
    waits, silences, sounds = [], [], []
    offset = statistics.median(noted["offsets"])
    for event in noted["out"]:
        if event["on"]:
            ends = [mic["at"] for mic in noted["mic"] if not mic["on"] and mic["at"] < event["at"]]
            waits += [event["at"] - max(ends)] if ends else []
            sounds.append((offset + 1000 * event["at"]) / 1000)
        else:
            starts = [mic["at"] for mic in noted["mic"] if mic["on"] and mic["at"] < event["at"]]
            if starts and event["at"] - max(starts) < 1:
                silences.append(event["at"] - max(starts))
    firsts = [answer["first"] for answer in httpx.get(f"{url}/log").json() if answer["first"] > began - 1]
    events = [min(sound - first for first in firsts if first <= sound) for sound in sounds if firsts[0] < sound]
    return {"wait": waits, "event": events, "silence": silences}


def gaps(pages: list[Page], seconds: float) -> tuple[list[float], int]:
    """The longest gap in the answers of each call, in seconds; and how often the players said that they ran dry."""
    pages[0].wait_for_timeout(1000 * seconds)
    longest, dry = [], 0
    for page in pages:
        noted = page.evaluate(NOTED)
        out = noted["out"]
        inner = [later["at"] - event["at"] for event, later in pairwise(out) if not event["on"]]
        # Between two answers lie the speech and the silence that ends it; a gap within one is shorter than that.
        longest.append(max((gap for gap in inner if gap < QUIET), default=0.0))
        dry += page.locator(".omni-call-notice:has-text('more slowly')").count()
    return longest, dry


async def long_call(url: str, app: Program, minutes: int) -> list[float]:
    """Memory of the app in MB every tenth of a call of so many minutes, spoken as fast as the app takes it."""
    memory = []
    cookie = {"Cookie": "omni_visitor=" + "b" * 48}
    async with connect(app.url.replace("http", "ws", 1) + "/omni/talk", additional_headers=cookie, proxy=None) as line:
        await line.send(json.dumps({"type": "start", "instructions": "fast"}))
        answered: asyncio.Queue[None] = asyncio.Queue()

        async def listen() -> None:
            async for message in line:
                if isinstance(message, str) and json.loads(message)["type"] == "turn-end":
                    answered.put_nowait(None)

        listening = asyncio.create_task(listen())
        tone = (0.4 * np.sin(2 * np.pi * 200 * np.arange(RATE // 50) / RATE) * 32767).astype("<i2").tobytes()
        for turn in range(minutes * 6):  # of 10 s each: 4 s of speech, 6 s of silence
            for at in range(500):
                await line.send(tone if at < 200 else bytes(640))
            async with asyncio.timeout(30):
                await answered.get()
            if turn % max(1, minutes * 6 // 10) == 0:
                memory.append(app.memory() / 1e6)
        listening.cancel()
        memory.append(app.memory() / 1e6)
    return memory


def measure(rounds: int, number: int, minutes: int) -> list[Row]:
    rows = []
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="omni-calls-", ignore_cleanup_errors=True)))
        stub = stack.enter_context(server())
        settings = {"OMNI_DATA_DIR": str(work), "OMNI_TALK_MINUTES": "600", "OMNI_TALK_CALLS": "20"}
        app = stack.enter_context(apps.omni(stub.url, **settings))
        driver = stack.enter_context(sync_playwright())
        browser = caller(driver, speech(work / "speech.wav", *SPEECH))
        waits, events = _in_a_thread(bare(stub.url, rounds))
        page = call(browser, app.url)
        ours = latencies(page, stub.url, rounds)
        page.context.close()
        more_waits, more_events = _in_a_thread(bare(stub.url, rounds))
        direct = {"wait": waits + more_waits, "event": events + more_events}
        rows += _latency_rows(direct, ours)
        pages = [call(browser, app.url) for _ in range(number)]
        longest, dry = gaps(pages, 12)
        browser.close()
        row = Row(f"longest gap in an answer, {number} calls at once", "ms", {"ours": [1000 * gap for gap in longest]})
        row.checks.append(Check("longest", 1000 * max(longest), 20, unit=" ms"))
        row.note = f"{dry} of {number} pages said that an answer came too slowly."
        rows.append(row)
        memory = _in_a_thread(long_call(stub.url, app, minutes))
        row = Row(f"memory of the app in a call of {minutes} minutes", "MB", {"ours": memory})
        row.checks.append(Check("end less a tenth", memory[-1] - memory[1], 10, unit=" MB"))
        rows.append(row)
    return rows


def _in_a_thread(work):
    """Playwright's own loop runs in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def _latency_rows(direct: dict[str, list[float]], ours: dict[str, list[float]]) -> list[Row]:
    rows = []
    aims = {"wait": ("end of speech to first sound", 60), "event": ("server's first event to sound", 40)}
    for name, (what, aim) in aims.items():
        samples = {
            way: [1000 * value for value in values[name]] for way, values in (("direct", direct), ("ours", ours))
        }
        row = Row(what, "ms", samples)
        added = statistics.median(samples["ours"]) - statistics.median(samples["direct"])
        row.checks.append(Check("added", added, aim, unit=" ms"))
        rows.append(row)
    row = Row("speech to silence (barge-in)", "ms", {"ours": [1000 * value for value in ours["silence"]]})
    row.checks.append(Check("ours", row.median("ours"), 100, unit=" ms"))
    return [*rows, row]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--calls", type=int, default=CALLS)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    options = parser.parse_args()
    about = machine()
    table = markdown(measure(options.rounds, options.calls, options.minutes), about)
    print(table)
    if options.write:
        before, rest = README.read_text().split(BEGIN, 1)
        README.write_text(f"{before}{BEGIN}\n{table.strip()}\n{rest[rest.index(END) :]}")
