"""Every tab in each of its states, in a browser: for screenshots (bench.screenshots) and for axe (tests/browser).

`for state in walk(page, tab):` brings the page into one state after another. The prompts carry the marks `[[slow:…]]`
and `[[fail:…]]`, which the demo server and the stub of the real one obey; a state that does not come is left out.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as Late

from omni_ui.demo.server import DemoServer
from omni_ui.features.stage.examples import FOLDER, SAMPLE
from tests.recordings import speech

WORDS = {
    "chat": ("#chat-text textarea", "What can you do?"),
    "image": ("#image-prompt textarea", "A red fox in deep snow, soft morning light"),
    "edit": ("#edit-prompt textarea", "Make it night"),
    "speech": ("#speech-input textarea", "The old lighthouse keeper counted the waves, one by one."),
    "sound": ("#sound-input textarea", "Rain on a tin roof, distant thunder"),
    "video": ("#video-prompt textarea", "A paper boat drifts down a stream in the rain"),
}
"""The tabs that run something: the field of the prompt, and what is asked for."""
TABS = [*WORDS, "talk", "history", "server"]
SHORT = {"#video-num_frames-field": "17", "#video-fps-field": "8"}
"""A video that is made quickly."""
NO_MICROPHONE = """() => navigator.mediaDevices.getUserMedia = () =>
  Promise.reject(new DOMException("Permission denied", "NotAllowedError"))"""


def microphone_flags(folder: Path) -> list[str]:
    """Flags of a browser that hears a tone now and then; the recording is written into the folder."""
    heard = speech(folder / "heard.wav", ("silence", 1), ("tone", 1.2), ("silence", 30))
    flags = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    return [*flags, f"--use-file-for-fake-audio-capture={heard}", "--autoplay-policy=no-user-gesture-required"]


def give_picture(page: Page) -> None:
    """The picture of the examples, to be changed."""
    page.set_input_files("#edit-image input[type=file]", FOLDER / SAMPLE)
    page.wait_for_selector(".omni-input-stage:not([hidden])")


def show_tab(page: Page, tab: str) -> None:
    page.click(f"#{tab}-tab-button")
    page.wait_for_selector(f"#{tab}-run, #{tab}-status, #{tab}-tab .omni-history-list", state="attached")
    page.wait_for_function("document.querySelector('#omni-state .omni-pill')?.dataset.state !== 'asking'")


def wait_for_state(page: Page, tab: str, state: str, seconds: float = 60) -> None:
    page.wait_for_selector(f"#{tab}-status [data-state={state}]", timeout=1000 * seconds)


def run(page: Page, tab: str, state: str, mark: str = "", seconds: float = 60) -> None:
    """Runs the tab's prompt with that mark, and waits for the state.

    Gradio drops a click while the run before is still ending, so it is clicked until something happens.
    """
    field, words = WORDS[tab]
    page.fill(field, words + mark)
    page.eval_on_selector_all(f"#{tab}-status .omni-status", "(all) => all.forEach((box) => box.dataset.before = '1')")
    begun = f"#{tab}-status .omni-status:not([data-before])"
    for _ in range(5):
        page.click(f"#{tab}-run")
        with suppress(Late):
            page.wait_for_selector(begun, timeout=5000)
            break
    page.wait_for_selector(f"{begun}[data-state={state}]", timeout=1000 * seconds)


def stop(page: Page, tab: str) -> None:
    page.click(f"#{tab}-stop")
    wait_for_state(page, tab, "stopped")


def unfold(page: Page, tab: str, unfolded: bool) -> None:
    """Opens or closes the settings that are folded away."""
    fold = page.locator("#chat-settings-switch, #chat-panel-switch button" if tab == "chat" else f"#{tab}-more").first
    if (fold.get_attribute("aria-expanded") == "true") != unfolded:
        fold.click()


def walk_run(page: Page, tab: str) -> Iterator[str]:
    """A tab that runs something: empty, without a prompt, its settings, working, done, working again, failed."""
    yield "empty"
    if tab != "chat":
        page.click(f"#{tab}-run")
        wait_for_state(page, tab, "failed")
        yield "no prompt"
    unfold(page, tab, True)
    if tab == "video":
        for field, value in SHORT.items():
            page.fill(field, value)
            page.press(field, "Tab")
    yield "settings"
    unfold(page, tab, False)
    if tab == "edit":
        give_picture(page)
        yield "picture"
    with suppress(Late):
        run(page, tab, "working", " [[slow:600]]")
        yield "working"
        stop(page, tab)
    run(page, tab, "done", seconds=180)
    yield "done"
    with suppress(Late):
        run(page, tab, "failed", " [[fail:client]]")
        yield "failed"


def walk_talk(page: Page, _: str) -> Iterator[str]:
    """Talk: before a call, in one, after it, and without a microphone. The browser must have a fake microphone."""
    page.wait_for_selector("#talk-run:not([disabled])")
    yield "empty"
    page.click("#talk-run")
    page.wait_for_selector(".omni-call[data-state=listening], .omni-call[data-state=speaking]", timeout=20_000)
    with suppress(Late):
        page.wait_for_selector("#talk-result li", timeout=15_000)
    yield "in a call"
    page.click("#talk-stop")
    page.wait_for_selector(".omni-call[data-state=idle]")
    yield "ended"
    page.evaluate(NO_MICROPHONE)
    page.click("#talk-run")
    page.wait_for_selector(".omni-call-notice[data-level=error]:not([hidden])")
    yield "failed"


def walk_history(page: Page, _: str) -> Iterator[str]:
    """History: without results, with some, one of them open, two compared, and a search without results."""
    page.wait_for_selector(".omni-history-none")
    yield "empty"
    for tab, states in {"image": ("done", "done", "failed"), "speech": ("done",), "video": ("done",)}.items():
        show_tab(page, tab)
        if tab == "video":
            unfold(page, tab, True)
            for field, value in SHORT.items():
                page.fill(field, value)
        for state in states:
            run(page, tab, state, " [[fail:client]]" if state == "failed" else "", seconds=180)
            page.wait_for_timeout(300)
    show_tab(page, "history")
    page.wait_for_selector(".omni-history-list li:nth-child(5)")
    yield "full"
    page.click(".omni-history-list li[data-tab=image] >> nth=1 >> .omni-history-open")
    page.wait_for_selector("dialog[open]")
    yield "one result"
    page.keyboard.press("Escape")
    for number in (1, 2):
        page.check(f".omni-history-list li[data-tab=image] >> nth={number} >> .omni-history-head input")
    page.click("[data-act=compare]")
    page.wait_for_selector(".omni-compare[open]")
    yield "compared"
    page.keyboard.press("Escape")
    page.fill(".omni-history-words input", "nothing of this name")
    page.wait_for_selector(".omni-history-none")
    yield "nothing found"


def walk_server(page: Page, _: str) -> Iterator[str]:
    """Server: the demo, a server of the visitor's own, and that server when it is gone."""
    page.wait_for_selector("#server-video .omni-server-card")
    yield "demo"
    own = page.locator("#server-own button").first
    if not own.count():
        return
    own.click()
    server = DemoServer()
    server.start()
    try:
        page.fill("#server-address :is(input, textarea)", server.url)
        page.click("#server-use")
        wait_for_state(page, "server", "done")
        yield "own server"
    finally:
        server.stop()
    page.click("#server-image-test")
    wait_for_state(page, "server", "failed")
    yield "unreachable"


WALKS: dict[str, Callable[[Page, str], Iterator[str]]] = {
    "talk": walk_talk, "history": walk_history, "server": walk_server,
}  # fmt: skip


def walk(page: Page, tab: str) -> Iterator[str]:
    """The states of a tab, one after another; the page has loaded, and its visitor is new."""
    show_tab(page, tab)
    yield from WALKS.get(tab, walk_run)(page, tab)
