"""The page's scripts, served under an address that has the hash of them all, and packed once.

The page loads them as bundles (omni_ui/app/loading/bundles.py). What stands in the address before a path serves them
all; whenever any of them changes, all have new addresses, and browsers may keep what they have.
"""

import asyncio
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath

from fastapi import APIRouter, HTTPException, Request, Response

from omni_ui.app.loading.bundles import Bundles
from omni_ui.app.loading.packing import encoding_for, kept_for_good, pack

ROOT = Path(__file__).parents[1]
ENTRY = "app/main.js"
"""The module that the page names; all others are imported by it."""
INLINE = "app/head.js"
EARLY = ("app/js/early_choice.js", "app/js/early_show.js")
"""Modules that stand in the page, each with all that it needs, and run before the others have come."""
STATIC_IMPORT = re.compile(r"""^(?:import|export)\b[^"';]*["'](\.[^"']+)["'];""", re.M)
LATER = re.compile(r"""loadLater\(\(\) => import\("([^"]+)"\), ([^)]+)\)""")
"""Where the entry names a module and the components that it defines."""
KATEX = "katex"
"""The folder of KaTeX, which is loaded with the first formula and not as a module (features/chat/math_routes.py)."""


@dataclass(frozen=True)
class Module:
    """One script. imports: the modules that must be loaded with it."""

    source: bytes
    imports: tuple[str, ...]


@cache
def modules() -> dict[str, Module]:
    """All modules by their path below omni_ui."""
    paths = {path.relative_to(ROOT).as_posix(): path for path in sorted(ROOT.rglob("*.js")) if KATEX not in path.parts}
    return {name: _read(name, path) for name, path in paths.items() if name != INLINE}


def _read(name: str, path: Path) -> Module:
    source = path.read_bytes()
    imports = (normpath(join(dirname(name), address)) for address in STATIC_IMPORT.findall(source.decode()))
    return Module(source, tuple(imports))


@cache
def version() -> str:
    """The hash of all modules, with their names."""
    content = hashlib.sha256()
    for name, module in modules().items():
        content.update(name.encode() + b"\0" + module.source + b"\0")
    return content.hexdigest()[:16]


@cache
def bundles() -> Bundles:
    return Bundles(ENTRY, modules(), lambda name: modules()[name].source.decode())


@cache
def packed(name: str, encoding: str) -> bytes:
    """A script as it goes out. encoding: "br", "gzip", or "" for none."""
    return pack(bundles().text(name), encoding)


@cache
def inline(name: str) -> str:
    """A script element for the page's HTML, which runs before any module has come."""
    return f"<script>{bundles().inline(name)}</script>"


def module_address(name: str) -> str:
    """Relative to the page, so that it holds below a path too."""
    return f"./omni/scripts/{version()}/{name}"


ICON = '<link rel="icon" href="./favicon.ico">'
"""Without it a browser asks at the root of the host, which is outside a page below a path."""


@cache
def _later() -> dict[str, str]:
    """By the name of a component the module that is loaded when it is drawn."""
    calls = LATER.findall(modules()[ENTRY].source.decode())
    names = [(normpath(join(dirname(ENTRY), path)), re.findall(r'"(\w+)"', listed)) for path, listed in calls]
    return {component: module for module, components in names for component in components}


def preloads(page: str = "") -> str:
    """Links for the page's head: the browser asks at once for the scripts with which this page begins."""
    drawn = set(re.findall(r"data-component=\W{0,2}(\w+)", page))
    names = dict.fromkeys([ENTRY, *(module for component, module in _later().items() if component in drawn)])
    return "".join(f'<link rel="modulepreload" href="{module_address(name)}">' for name in names)


def script_routes() -> APIRouter:
    router = APIRouter()

    @router.get("/omni/scripts/{hash}/{name:path}")
    async def script(hash: str, name: str, request: Request) -> Response:
        """One script. Another hash is that of a page which was loaded before an update."""
        if hash != version() or name not in modules():
            raise HTTPException(404, "No such script.")
        encoding = encoding_for(request)
        return kept_for_good(await asyncio.to_thread(packed, name, encoding), encoding, "text/javascript")

    return router
