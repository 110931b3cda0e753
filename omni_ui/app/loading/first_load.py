"""Finishes a page: its styles come in one sheet, and the browser asks at once for all scripts that it begins with."""

import asyncio
import hashlib
import json
import logging
import re
from collections.abc import Callable
from functools import lru_cache

from fastapi import APIRouter, HTTPException, Request, Response

from omni_ui.app.gradio_private.page_parts import BASE, DRAWN, FIRST, LATE, OWN_STYLES, SHEET, config_of
from omni_ui.app.gradio_private.script_files import FOLDER, Assets, needed
from omni_ui.app.loading.early_page import early_page
from omni_ui.app.loading.packing import encoding_for, kept_for_good, pack
from omni_ui.core.files import Json

log = logging.getLogger(__name__)
RELATIVE = re.compile(r"url\((['\"]?)\./")
SHEETS = 32
"""Sheets that are kept, one for each tab that a page may begin with."""


class FirstLoad:
    """What pages load, worked out of their description. css: our styles, in the form in which they take effect.

    preloads: from a page to links of its own for the head. early_scripts: elements for the head, and for
    what follows the page before Gradio has drawn it. theme_css: Gradio's, set once the page is mounted.
    """

    def __init__(self, css: str, preloads: Callable[[str], str], early_scripts: tuple[str, str] = ("", "")) -> None:
        self._css = css
        self._preloads = preloads
        self._early_scripts = early_scripts
        self._sheets: dict[str, str] = {}
        self.theme_css = ""

    def finish(self, html: str) -> str:
        """The page as it goes out. Where Gradio writes its page in another form, with our styles and scripts alone."""
        config: Json = {}
        try:
            config = config_of(html)
            # Without a first tab the parts of all tabs are there, of which most are not drawn at first.
            drawn = [part for part in config["components"] if part["props"].get("visible") is not False]
            types = dict.fromkeys(part["type"] for part in drawn) if FIRST in config else {}
            assets, entry = needed(html, types), OWN_STYLES.findall(html)[:1]
            begin, parts = [*entry, *_styles(assets.begin)], _styles(assets.drawn)
            late = _late_assets(html, config, assets)
            sheet = "\n".join([*map(_read, begin), self._css, self.theme_css, *map(_read, parts)])
        except (ValueError, KeyError, OSError) as wrong:
            log.warning("The page's parts come one after the other: %s.", wrong)
            assets, begin, parts, sheet = Assets("", (), ()), [], [], self._css
            late = {}
        address = f"./omni/styles/{self._keep(sheet)}.css"
        scripts = "".join(_script(name) for name in assets.scripts())
        at_once = f'<link rel="preload" as="style" href="{address}">{scripts}{self._preloads(html)}'
        if late:
            at_once += f"<meta name=\"omni-late\" content='{json.dumps(late)}'>"
        # Gradio's script looks for links to the sheets that it would load, and takes these for done.
        here = "".join(f'<link rel="stylesheet" disabled href="./assets/{name}">' for name in begin + parts)
        if begin and "theme_hash" in config:
            href = f"{config.get('root', '')}/theme.css?v={config['theme_hash']}"
            here += f'<link rel="stylesheet" disabled href="{href}">'
        sheet_link = f'<link rel="stylesheet" href="{address}">'
        early = early_page(config) if config else ""
        if early:
            choose, take = self._early_scripts
            at_once += f'<meta name="omni-first-tab" content="{config[FIRST]}">{choose}'
            html = html.replace(DRAWN, f"{early}{take}{DRAWN}", 1)
        html = BASE.sub(lambda base: base[0] + at_once, html, count=1)
        if not SHEET.search(html):
            return html.replace("</head>", sheet_link + "</head>", 1)
        return SHEET.sub(lambda own: (here if begin else own[0]) + sheet_link, html, count=1)

    def _keep(self, sheet: str) -> str:
        name = hashlib.sha256(sheet.encode()).hexdigest()[:16]
        if name not in self._sheets and len(self._sheets) >= SHEETS:
            self._sheets.pop(next(iter(self._sheets)))
        self._sheets[name] = sheet
        return name

    def routes(self) -> APIRouter:
        router = APIRouter()

        @router.get("/omni/styles/{name}.css")
        async def styles(name: str, request: Request) -> Response:
            sheet = self._sheets.get(name)
            if sheet is None:
                raise HTTPException(404, "No such style sheet.")
            encoding = encoding_for(request)
            return kept_for_good(await asyncio.to_thread(_packed, sheet, encoding), encoding, "text/css")

        return router


def _late_assets(html: str, config: Json, first: Assets) -> dict[str, list[str]]:
    """By each tab that comes later, what Gradio's script will load for its parts (core/js/mounted_tabs.js)."""
    gone = {first.entry, *first.begin, *first.drawn}
    drawn = {tab: needed(html, parts["types"]).drawn for tab, parts in config.get(LATE, {}).items()}
    return {tab: [name for name in names if name not in gone] for tab, names in drawn.items()}


@lru_cache(SHEETS)
def _packed(sheet: str, encoding: str) -> bytes:
    return pack(sheet, encoding)


def _styles(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name.endswith(".css") and not name.startswith("index-")]


def _read(name: str) -> str:
    """A style sheet of Gradio's, with addresses relative to ours."""
    return RELATIVE.sub(r"url(\1../../assets/", (FOLDER / name).read_text(encoding="utf-8"))


def _script(name: str) -> str:
    return f'<link rel="modulepreload" crossorigin href="./assets/{name}">'
