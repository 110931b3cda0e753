"""The page's scripts as modules, served under an address that has the hash of them all, packed once.

They import each other by relative paths, so what stands in the address before a path serves them all; whenever any of
them changes, all have new addresses, and browsers may keep what they have.
"""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath

import brotli
from fastapi import APIRouter, HTTPException, Request, Response

ROOT = Path(__file__).parents[1]
ENTRY = "app/main.js"
"""The module that the page names; all others are imported by it."""
INLINE = "app/head.js"
STATIC_IMPORT = re.compile(r"""^(?:import|export)\b[^"';]*["'](\.[^"']+)["'];""", re.M)
HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}


KATEX = "katex"
"""The folder of KaTeX, which is loaded with the first formula and not as a module (features/chat/math_routes.py)."""


@dataclass(frozen=True)
class Module:
    """One script. imports: the modules that must be loaded with it."""

    source: bytes
    imports: tuple[str, ...]
    packed: dict[str, bytes]
    """By content encoding, the best first."""


@cache
def modules() -> dict[str, Module]:
    """All modules by their path below omni_ui."""
    paths = {path.relative_to(ROOT).as_posix(): path for path in sorted(ROOT.rglob("*.js")) if KATEX not in path.parts}
    return {name: _read(name, path) for name, path in paths.items() if name != INLINE}


def _read(name: str, path: Path) -> Module:
    source = path.read_bytes()
    imports = (normpath(join(dirname(name), one)) for one in STATIC_IMPORT.findall(source.decode()))
    packed = {"br": brotli.compress(source, quality=9), "gzip": gzip.compress(source, 9, mtime=0)}
    return Module(source, tuple(imports), packed)


@cache
def version() -> str:
    """The hash of all modules, with their names."""
    content = hashlib.sha256()
    for name, module in modules().items():
        content.update(name.encode() + b"\0" + module.source + b"\0")
    return content.hexdigest()[:16]


def module_address(name: str) -> str:
    """Relative to the page, so that it holds below a path too."""
    return f"./omni/scripts/{version()}/{name}"


ICON = '<link rel="icon" href="./favicon.ico">'
"""Without it a browser asks at the root of the host, which is outside a page below a path."""


@cache
def preloads() -> str:
    """Links for the page's head: the browser asks at once for every module without which the page cannot begin."""
    names = [ENTRY]
    for name in names:  # grows while it is gone through
        names += [one for one in modules()[name].imports if one not in names]
    return "".join(f'<link rel="modulepreload" href="{module_address(name)}">' for name in names)


def script_routes() -> APIRouter:
    router = APIRouter()

    @router.get("/omni/scripts/{hash}/{name:path}")
    async def script(hash: str, name: str, request: Request) -> Response:
        """One module. Another hash is that of a page which was loaded before an update."""
        module = modules().get(name) if hash == version() else None
        if module is None:
            raise HTTPException(404, "No such script.")
        accepted = {one.split(";")[0].strip() for one in request.headers.get("accept-encoding", "").split(",")}
        encoding = next((one for one in module.packed if one in accepted), None)
        body = module.packed[encoding] if encoding else module.source
        headers = HEADERS | ({"Content-Encoding": encoding} if encoding else {})
        return Response(body, media_type="text/javascript; charset=utf-8", headers=headers)

    return router
