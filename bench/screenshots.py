"""Pictures of every tab in all its states: `python -m bench.screenshots OUT_DIR [--tabs image video] [--axe]`.

At 1440, 1024 and 390 px, light, dark and in Chinese (which needs a Chinese font: Debian's fonts-noto-cjk), against the
demo server, or with `--server URL` another one, or with `--address URL` a page that runs already. Each tab is loaded
once; its looks are changed on the spot. One PNG a state, a contact sheet for each tab and width, `faults.txt` with
what measuring finds (page_checks.js) and, with `--axe`, all findings of axe; `heights.json`: heights of controls.
"""

import argparse
import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from tests.page_states import TABS, microphone_flags, walk
from tests.running import App

SCREENS = {1440: 900, 1024: 768, 390: 844}
LOOKS = {
    "light": ("light", "en"), "dark": ("dark", "en"), "chinese": ("light", "zh-CN"), "dark-chinese": ("dark", "zh-CN"),
}  # fmt: skip
"""By name: the colour scheme that the system asks for, and the language of the page."""
CELLS = {1440: 720, 1024: 614, 390: 390}
"""Width of a picture on a contact sheet."""
CHECKS = (Path(__file__).parent / "page_checks.js").read_text(encoding="utf-8")
AXE = Path(AXE_FILE_PATH).read_text(encoding="utf-8")
FINDINGS = """() => axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
  violations.map(({ id, impact, nodes }) => [id, impact, nodes.map(({ html }) => html.slice(0, 200))]))"""


@dataclass
class Album:
    """What is taken of one tab after another."""

    folder: Path
    widths: list[int]
    looks: list[str]
    axe: bool
    pages: bool = False
    """Also the whole length of the page, at 390 px."""
    shots: list[tuple[str, str, str, int, Path]] = field(default_factory=list)
    """Tab, state, look, width, file."""
    faults: dict[str, list[str]] = field(default_factory=dict)
    """By what is wrong: where."""
    heights: dict[str, dict[str, dict[str, list[str]]]] = field(default_factory=dict)

    def take(self, page: Page, tab: str, state: str) -> None:
        """One state in all looks at all widths; the page is left as it was."""
        for look in self.looks:
            scheme, language = LOOKS[look]
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
            if page.get_attribute("html", "lang") != language:
                page.eval_on_selector("#omni-language", CHOOSE, language)
                page.wait_for_selector(f"html[lang={language}]")
                page.wait_for_timeout(200)
            for width in self.widths:
                page.set_viewport_size({"width": width, "height": SCREENS[width]})
                page.mouse.move(0, 0)
                page.wait_for_timeout(250)
                self._shoot(page, tab, state, look, width)
        page.eval_on_selector("#omni-language", CHOOSE, "en")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1440, "height": SCREENS[1440]})
        page.wait_for_selector("html[lang=en]")

    def _shoot(self, page: Page, tab: str, state: str, look: str, width: int) -> None:
        file = self.folder / f"{tab}-{width}-{state.replace(' ', '_')}-{look}.png"
        page.screenshot(path=file)
        self.shots.append((tab, state, look, width, file))
        if width < 600 and self.pages:
            page.screenshot(path=file.with_stem(file.stem + "-page"), full_page=True)
        where = f"{tab}, {state}, {look}, {width}"
        seen: dict[str, Any] = page.evaluate(CHECKS, width < 600)
        for fault in seen["faults"]:
            self.faults.setdefault(fault, []).append(where)
        for kind, heights in seen["heights"].items():
            for height, names in heights.items():
                by_height = self.heights.setdefault(f"{kind}, {width}", {})
                by_height[height] = sorted({*by_height.get(height, []), *names})
        if self.axe:
            for rule, impact, nodes in page.evaluate(FINDINGS):
                for node in nodes:
                    self.faults.setdefault(f"axe, {impact}: {rule}: {node}", []).append(where)

    def write(self) -> None:
        """The contact sheets, and what is wrong."""
        for tab in dict.fromkeys(shot[0] for shot in self.shots):
            for width in self.widths:
                self._write_sheet(tab, width)
        lines = [f"{fault}\n    {'; '.join(where)}" for fault, where in sorted(self.faults.items())]
        (self.folder / "faults.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (self.folder / "heights.json").write_text(json.dumps(self.heights, indent=1), encoding="utf-8")

    def _write_sheet(self, tab: str, width: int) -> None:
        """A column for each state, a row for each look."""
        shots = {(state, look): file for name, state, look, at, file in self.shots if (name, at) == (tab, width)}
        states = list(dict.fromkeys(state for state, _ in shots))
        across = CELLS[width]
        down = across * SCREENS[width] // width
        sheet = Image.new("RGB", (len(states) * (across + 12), len(self.looks) * (down + 22)), "#777")
        pen = ImageDraw.Draw(sheet)
        for (state, look), file in shots.items():
            left, top = states.index(state) * (across + 12), self.looks.index(look) * (down + 22)
            with Image.open(file) as shot:
                sheet.paste(shot.resize((across, down), Image.Resampling.LANCZOS), (left, top + 18))
            pen.text((left + 4, top + 3), f"{tab}: {state}, {look}, {width} px", fill="white")
        sheet.save(self.folder / f"sheet-{tab}-{width}.png")


CHOOSE = """(select, code) => { if (select.value !== code) {
  select.value = code; select.dispatchEvent(new Event("change", { bubbles: true })); } }"""


def visit(browser: Browser, address: str, tab: str, axe: bool) -> Page:
    """The page of a visitor who is new."""
    context = browser.new_context(
        viewport={"width": 1440, "height": SCREENS[1440]}, locale="en-US", permissions=["microphone"]
    )
    page = context.new_page()
    page.goto(f"{address}/#{tab}")
    page.wait_for_selector("#omni-tabs")
    if axe:
        page.evaluate(AXE)
    return page


def take_all(album: Album, browser: Browser, address: str, tabs: list[str], states: list[str]) -> None:
    for tab in tabs:
        page = visit(browser, address, tab, album.axe)
        for state in walk(page, tab):
            if not states or state in states:
                album.take(page, tab, state)
        page.context.close()
        print(tab, len(album.shots), "pictures", flush=True)


def open_browser(stack: ExitStack) -> Browser:
    folder = Path(stack.enter_context(TemporaryDirectory()))
    driver = stack.enter_context(sync_playwright())
    flags = ["--no-sandbox", "--disable-gpu", *microphone_flags(folder)]
    return driver.chromium.launch(executable_path="/usr/bin/chromium", args=flags)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tabs", nargs="*", default=TABS, choices=TABS)
    parser.add_argument("--states", nargs="*", default=[], help="such as done; all by default")
    parser.add_argument("--widths", nargs="*", type=int, default=list(SCREENS), choices=list(SCREENS))
    parser.add_argument("--looks", nargs="*", default=list(LOOKS), choices=list(LOOKS))
    parser.add_argument("--axe", action="store_true", help="look for faults with axe too")
    parser.add_argument("--pages", action="store_true", help="also the whole length of the page at 390 px")
    parser.add_argument("--server", help="the vLLM-Omni server that the page shall use")
    parser.add_argument("--address", help="a page that runs already")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    album = Album(options.folder, options.widths, options.looks, options.axe, options.pages)
    with ExitStack() as stack:
        settings = {"OMNI_BASE_URL": options.server} if options.server else {}
        address = options.address or stack.enter_context(App(**settings)).url
        browser = open_browser(stack)
        take_all(album, browser, address, options.tabs, options.states)
    album.write()
    print(f"{len(album.shots)} pictures in {options.folder}; {len(album.faults)} faults, see faults.txt")


if __name__ == "__main__":
    main()
