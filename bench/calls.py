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
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from websockets.asyncio.client import connect

from bench import apps
from bench.apps import Program
from bench.browser import FLAGS
from bench.many_calls import NOTED, SPEECH, TONE, bare_page, client_gaps, long_call, page_gaps
from bench.table import Check, Row, machine, markdown
from tests.recordings import speech

CALLS = 10
README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- calls -->", "<!-- /calls -->"

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


def server() -> apps.contextlib.AbstractContextManager[Program]:
    port = apps.free_port()
    return apps.started("server", [sys.executable, "-m", "bench.call_server", "--port", str(port)], port, "/health")


async def bare(url: str, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds from the end of speech to the first sound, and from the server's first event to it, without a page."""
    waits, events = [], []
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
                        frame = TONE if kind == "tone" else bytes(640)
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


def call(browser: Browser, url: str, instructions: str = "") -> Page:
    page = browser.new_context(bypass_csp=True).new_page()  # for the worklet of WATCH
    page.goto(url)
    page.get_by_role("tab", name="Talk", exact=True).click()
    if instructions:
        page.click(".omni-call summary")
        page.fill("#talk-instructions textarea", instructions)
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
        rows += _rows_of_many(stub, app, browser, number)
        page = call(browser, app.url, "fast")
        app_memory, page_memory = long_call(page, app, minutes)
        browser.close()
        for whose, memory in (("app", app_memory), ("page's scripts", page_memory)):
            row = Row(f"memory of the {whose} in a call of {minutes} minutes", "MB", {"ours": memory})
            row.checks.append(Check("end less a tenth", memory[-1] - memory[1], 10, unit=" MB"))
            rows.append(row)
    return rows


def _rows_of_many(stub: Program, app: Program, browser: Browser, number: int) -> list[Row]:
    """So many calls at once. Direct: the same without the app, by bare clients and by bare pages."""
    clients: dict[str, list[float]] = {"direct": [], "ours": []}
    for _ in range(2):
        clients["direct"] += _in_a_thread(client_gaps(stub.url, False, number))
        clients["ours"] += _in_a_thread(client_gaps(app.url, True, number))
    bare_pages = [bare_page(browser, stub.url, WATCH) for _ in range(number)]
    floor, _, floor_busy = page_gaps(bare_pages)
    for page in bare_pages:
        page.context.close()
    pages = [call(browser, app.url) for _ in range(number)]
    longest, slow, busy = page_gaps(pages)
    for page in pages:
        page.context.close()
    rows = []
    for what, samples in (("clients", clients), ("pages in one Chromium", {"direct": floor, "ours": longest})):
        milliseconds = {way: [1000 * gap for gap in gaps] for way, gaps in samples.items()}
        row = Row(f"longest gap in an answer, {number} {what} at once", "ms", milliseconds)
        row.checks.append(Check("longest", max(milliseconds["ours"]), 20, unit=" ms"))
        rows.append(row)
    rows[1].note = (
        f"Busy cores: {floor_busy:.2f} with bare pages, {busy:.2f} with ours and the app. "
        f"{slow} of {number} pages said that an answer came too slowly."
    )
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
