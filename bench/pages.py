"""Measurements that are taken in Chromium: pictures, words, sounds, Stop, the page itself."""

import time
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page

from bench import browser as eyes
from bench.apps import Program
from bench.server import number_of
from bench.table import Check, Row

ANSWER = {
    "ours": "#chat-live .omni-body, #chat-result .omni-message:last-child .omni-body",
    "plain": "#chat-result .bot .message:last-child, #chat-result [data-testid=bot]:last-child",
}
SEEN = """
([selector, needle, every]) => new Promise((resolve, reject) => {
  const until = Date.now() + 120000;
  const look = () => {
    if (Date.now() > until) reject(new Error(`no ${needle} in ${selector}`));
    if ([...document.querySelectorAll(selector)].some((one) => one.textContent.includes(needle))) resolve(Date.now());
    else if (every) setTimeout(look, every);
    else requestAnimationFrame(look);
  };
  look();
})
"""
PLAYS = {
    "ours": """() => new Promise((resolve) => {
      const look = () => {
        const stats = [...omni.streams.values()].at(-1)?.stats;
        if (stats?.firstSound) resolve(performance.timeOrigin + stats.firstSound);
        else setTimeout(look, 4);
      };
      look();
    })""",
    "plain": """() => new Promise((resolve) => {
      const look = () => {
        const audio = document.querySelector("#speech-result audio");
        if (audio && audio.currentTime > 0 && !audio.paused) resolve(Date.now());
        else setTimeout(look, 4);
      };
      look();
    })""",
}
PAST = [
    {"role": ("user", "assistant")[i % 2], "content": f"Message {i}. " * 20} for i in range(40)
]  # as in bench/baseline.py


def configure(server: str, **settings: float) -> None:
    httpx.post(f"{server}/set", json=settings).raise_for_status()


def pictures(
    browser: Browser, server: str, ways: dict[str, Program], sizes: list[str], numbers: list[int], rounds: int
) -> list[Row]:
    """Click to pixels, less the server's own time."""
    latency = 0.3
    configure(server, latency=latency)
    rows = []
    for size in sizes:
        for n in numbers:
            pages = {way: eyes.open_tab(browser, program.url, "Image") for way, program in ways.items()}
            for page in pages.values():
                eyes.ask_for_pictures(page, size, n)
            pages["bare"] = eyes.bare(browser, server)
            samples: dict[str, list[float]] = {way: [] for way in pages}
            for turn in range(rounds + 1):
                for way, page in pages.items():
                    bare = way == "bare"
                    seconds = eyes.bare_picture(page, size, n, latency) if bare else eyes.picture(page, n, latency)
                    if turn:  # the first one of each warms up
                        samples[way].append(1000 * seconds)
            samples["direct"] = [1000 * (_direct(server, size, n) - latency) for _ in range(rounds)]
            row = Row(f"picture {size}, n = {n}: click to pixels, less the latency", "ms", samples)
            if size == "1024x1024" and n == 1:
                row.checks.append(Check("added", row.median("ours"), 150, unit=" ms"))
            aim = {("1024x1024", 1): 35, ("1024x1024", 4): 80}.get((size, n))
            if aim:
                beyond = row.median("ours") - row.median("direct")
                row.checks.append(Check("beyond the direct call", beyond, aim, unit=" ms", held=False))
                floor = row.median("bare") - row.median("direct")
                under = ", which is more than the aim" if floor > aim else ""
                row.note = f"A bare page is {floor:.3g} ms beyond the direct call{under}. "
            # The server's own time is that of a direct call: it holds the sending, too.
            plain, ours = (row.median(way) - row.median("direct") for way in ("plain", "ours"))
            row.checks.append(Check("plain / ours beyond the direct call", plain / ours, 3, at_least=True))
            row.note += "bytes equal." if _same_bytes(pages["ours"], server, size) else "**bytes differ**"
            rows.append(row)
            for page in pages.values():
                page.close()
    return rows


def _direct(server: str, size: str, n: int) -> float:
    began = time.perf_counter()
    answer = httpx.post(f"{server}/v1/images/generations", json={"prompt": "a boat", "size": size, "n": n}, timeout=60)
    answer.raise_for_status()
    answer.json()
    return time.perf_counter() - began


def _same_bytes(page: Page, server: str, size: str) -> bool:
    """Whether the page shows the very bytes that the server made."""
    shown = page.request.get(str(page.get_attribute("#image-result img", "src"))).body()
    return shown == httpx.get(f"{server}/picture/{size}/{number_of(shown)}").content


def _conversation(browser: Browser, way: str, program: Program, past: Path | None) -> Page:
    """A chat that holds 40 messages."""
    page = eyes.open_tab(browser, program.url, "Chat")
    if way == "ours" and past:
        page.set_input_files("#chat-import input[type=file]", past)
        page.wait_for_function("document.querySelectorAll('#chat-result .omni-message').length >= 40")
    page.fill("#chat-text textarea", "Go on")
    page.wait_for_timeout(200)
    return page


def _asked(page: Page, needle: str, way: str, every: int = 0) -> float:
    """Presses Run; epoch seconds at which the words are in the page."""
    page.evaluate("document.querySelector('#chat-run').click()")
    return page.evaluate(SEEN, [ANSWER[way], needle, every]) / 1000


def first_token(browser: Browser, server: str, ways: dict[str, Program], past: Path, rounds: int) -> Row:
    samples: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, program in ways.items():
            configure(server, tokens=10, rate=10)
            page = _conversation(browser, way, program, past)
            seen = _asked(page, "word0.", way)
            samples[way].append(1000 * (seen - httpx.get(f"{server}/log").json()[-1]["first"]))
            page.close()
    samples["bare"] = [_bare_words(browser, server) for _ in range(rounds)]
    row = Row("first token, history of 40", "ms", samples)
    row.checks.append(Check("added", row.median("ours"), 80, unit=" ms"))
    row.checks.append(Check("added, the aim", row.median("ours"), 30, unit=" ms", held=False))
    return row


def _bare_words(browser: Browser, server: str) -> float:
    """Milliseconds from the server's first token to the bare page that shows it."""
    configure(server, tokens=2, rate=100)
    page = eyes.bare(browser, server)
    page.evaluate("() => void ask.words()")
    seen = page.evaluate(SEEN, ["#words", "word0.", 0])
    page.close()
    return seen - 1000 * httpx.get(f"{server}/log").json()[-1]["first"]


def long_answer(
    browser: Browser, server: str, ways: dict[str, Program], past: Path, rounds: int, tokens: int
) -> list[Row]:
    """Time to the complete text over the server's own, and how busy the page was meanwhile.

    Plain Gradio, which takes the longest and varies the least, is measured three times.
    """
    times: dict[str, list[float]] = {way: [] for way in ways}
    busy: dict[str, list[float]] = {way: [] for way in ways}
    for turn in range(rounds):
        for way, program in ways.items():
            if way == "plain" and turn >= 3:
                continue
            configure(server, tokens=tokens, rate=200)
            page = _conversation(browser, way, program, past)
            watch = eyes.Busy(page)
            watch.start()
            seen = _asked(page, f"word{tokens - 1}", way, every=100)
            busy[way].append(100 * watch.share())
            log = httpx.get(f"{server}/log").json()[-1]
            times[way].append((seen - log["at"]) / (log["ended"] - log["at"]))
            page.close()
    took = Row(f"{tokens} tokens at 200/s, history of 40", "times the server's", times)
    took.checks.append(Check("ours", took.median("ours"), 1.1))
    share = Row("main thread busy meanwhile", "%", busy)
    share.checks.append(Check("ours", share.median("ours"), 35, unit=" %"))
    return [took, share]


def first_sound(browser: Browser, server: str, ways: dict[str, Program], rounds: int) -> list[Row]:
    """The server's first bytes of sound to sound that is scheduled; and gaps at 1.2 times real time."""
    samples: dict[str, list[float]] = {way: [] for way in ways}
    gaps: list[float] = []
    for _ in range(rounds):
        for way, program in ways.items():
            configure(server, speech_seconds=3, speech_speed=1.2)
            page = eyes.open_tab(browser, program.url, "Speech")
            page.fill("#speech-input textarea", "Good morning")
            if way == "ours":
                page.wait_for_function("document.querySelector('#speech-stream input').checked")
            page.click("#speech-run")  # a real click: sound needs one
            heard = page.evaluate(PLAYS[way]) / 1000
            samples[way].append(1000 * (heard - httpx.get(f"{server}/log").json()[-1]["first"]))
            if way == "ours":
                page.wait_for_function("[...omni.streams.values()].at(-1).state === 'ended'", timeout=30_000)
                found = page.evaluate("[...omni.streams.values()].at(-1).stats.gaps")
                gaps.append(1000 * max(found, default=0.0))
            page.close()
    samples["bare"] = [_bare_sound(browser, server) for _ in range(rounds)]
    row = Row("first sound", "ms", samples)
    row.checks.append(Check("added", row.median("ours"), 40, unit=" ms", held=False))
    if "plain" in ways:
        row.checks.append(Check("plain / ours", row.ratio, 8, at_least=True, held=False))
    else:
        row.note = "Plain Gradio needs ffmpeg for this, and there is none."
    silent = Row("longest gap, server at 1.2 times real time", "ms", {"ours": gaps})
    silent.checks.append(Check("ours", max(gaps), 10, unit=" ms"))
    return [row, silent]


def _bare_sound(browser: Browser, server: str) -> float:
    """Milliseconds from the server's first bytes to scheduled sound, on the bare page, which holds back none."""
    configure(server, speech_seconds=0.2, speech_speed=1.2)
    page = eyes.bare(browser, server)
    page.evaluate("() => ask.sound()")
    heard: float = page.evaluate("window.heard")
    page.close()
    return heard - 1000 * httpx.get(f"{server}/log").json()[-1]["first"]


def stops(browser: Browser, server: str, ours: Program, tabs: list[str], rounds: int) -> list[Row]:
    """Stop, and closing the page, until the server sees that nobody waits."""
    rows = []
    for tab in tabs:
        samples: list[float] = []
        page = eyes.open_tab(browser, ours.url, tab)
        for turn in range(rounds):
            leave = turn % 2 == 1 and tab != "Video"  # a job outlives its page
            samples.append(1000 * eyes.abort(page, server, tab, FILL[tab], leave))
            if leave:
                page = eyes.open_tab(browser, ours.url, tab)
            else:
                page.wait_for_selector(f"#{tab.lower()}-status [data-state]:not([data-state=working])")
                page.wait_for_timeout(700)  # Gradio takes no press of Run while a run is ending
        page.close()
        row = Row(f"{tab}: Stop or leaving, seen by the server", "ms", {"ours": samples})
        row.checks.append(Check("ours", row.median("ours"), 700, unit=" ms"))
        rows.append(row)
    return rows


def _words(selector: str) -> "object":
    return lambda page: page.fill(selector, "a boat")


def _chat(page: Page) -> None:
    page.fill("#chat-text textarea", "a boat")


def _edit(page: Page) -> None:
    picture = Path("assets/screenshot.png")
    page.set_input_files("#edit-image input[type=file]", picture)
    page.wait_for_selector("#edit-image .omni-thumbs img")
    page.fill("#edit-prompt textarea", "Make it night")


FILL = {
    "Chat": _chat,
    "Image": _words("#image-prompt textarea"),
    "Edit": _edit,
    "Speech": _words("#speech-input textarea"),
    "Sound": _words("#sound-input textarea"),
    "Video": _words("#video-prompt textarea"),
}
