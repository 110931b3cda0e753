"""KaTeX for answers that hold mathematics: its script, style and fonts, as released, under an address of our own."""

import hashlib
from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

FOLDER = Path(__file__).parent / "katex"
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def math_files() -> dict[str, Path]:
    """The files by their names below the folder; as released."""
    return {path.relative_to(FOLDER).as_posix(): path for path in sorted(FOLDER.rglob("*")) if path.is_file()}


def math_routes() -> APIRouter:
    """`/omni/katex` says where the files are; their address changes with what is in them."""
    files = math_files()
    digest = hashlib.sha256()
    for path in files.values():
        digest.update(path.read_bytes())
    mark = digest.hexdigest()[:16]
    router = APIRouter(prefix="/omni/katex")

    @router.get("")
    async def address() -> dict[str, str]:
        """{"folder": …} below the app's root; empty without KaTeX, so that formulas stay as they were written."""
        return {"folder": f"omni/katex/{mark}" if files else ""}

    @router.get("/{version}/{name:path}")
    async def file(version: str, name: str) -> FileResponse:
        if version != mark or name not in files:
            raise HTTPException(404, "There is no such file.")
        return FileResponse(files[name], headers=FOREVER)

    return router
