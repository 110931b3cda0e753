"""Pages that tests take in turns: in one that was used before, the app loads with half the work of a new one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Error, Page

VIEWPORT = {"width": 1280, "height": 900}
TURNS = 40
"""After so many tests a page is replaced."""
LASTING = {
    "page": ("on", "once", "route", "add_init_script", "expose_function", "expose_binding", "bring_to_front"),
    "context": (
        "on", "once", "route", "add_init_script", "expose_function", "expose_binding", "grant_permissions",
        "set_offline", "set_extra_http_headers", "new_page", "new_cdp_session",
    ),
}  # fmt: skip
"""What the next test would notice: a page on which one of them was called is not used again."""


@dataclass
class PooledPage:
    """A page of a context of its own.

    faults: errors of the page's scripts. changed: whether something was called that outlives a document.
    """

    page: Page
    faults: list[str] = field(default_factory=list)
    turns: int = 0
    changed: bool = False

    def watch(self) -> None:
        """Notes from now on what outlives a document."""
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        for owner, names in ((self.page, LASTING["page"]), (self.page.context, LASTING["context"])):
            for name in names:
                setattr(owner, name, self._noting(getattr(owner, name)))

    def _noting(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*values: Any, **named: Any) -> Any:
            self.changed = True
            return method(*values, **named)

        return call

    def clear(self) -> bool:
        """Leaves the app and forgets all that a visitor's browser keeps of it; whether that could be done."""
        if self.changed or self.turns >= TURNS or self.page.is_closed() or len(self.page.context.pages) > 1:
            return False
        at = urlsplit(self.page.url)
        try:
            # A document of the same origin without scripts: what the app writes when it is left is cleared, too.
            self.page.goto(f"{at.scheme}://{at.netloc}/health")
            self.page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        except Error:  # the app has ended
            return False
        self.page.context.clear_cookies()
        self.page.mouse.move(-1, -1)
        return True


class PagePool:
    """Gives out cleared pages, and takes them back."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: list[PooledPage] = []

    def take(self, viewport: dict[str, int] | None = None, color_scheme: str = "null") -> PooledPage:
        """A page as a new visitor's, of that size."""
        pooled = self._free.pop() if self._free else self._create()
        pooled.turns += 1
        pooled.faults.clear()
        pooled.page.set_default_timeout(30_000)
        pooled.page.set_viewport_size(viewport or VIEWPORT)
        pooled.page.emulate_media(media="null", color_scheme=color_scheme, reduced_motion="null")
        return pooled

    def _create(self) -> PooledPage:
        pooled = PooledPage(self._browser.new_page(viewport=VIEWPORT))
        pooled.watch()
        return pooled

    def give_back(self, pooled: PooledPage) -> None:
        """Clears the page for the next test, or closes it."""
        if pooled.clear():
            self._free.append(pooled)
        else:
            pooled.page.context.close()
