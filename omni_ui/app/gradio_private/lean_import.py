"""Imports Gradio in half the time: without what it does for editors, and without packages that this page never uses.

For each class of a component Gradio reads its source twice and writes a `.pyi` file beside it, at each import: a third
of the time. It also imports pandas, which only its tables use, and the package `mcp`, where that is installed, for a
server of its own that this page has no use for (features/mcp has ours).
"""

import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

META = "gradio.component_meta"
"""The module with the class of all classes of components."""
WRITES_PYI, WRAPS_START = "create_or_modify_pyi", "updateable"
"""In it: what writes those files, and what goes around the constructor of each of these classes."""
Start = Callable[..., None]
LATER = ("pandas",)
NEVER = ("mcp",)


def import_gradio() -> None:
    """Before anything else imports it. Where Gradio has changed, or is here already, it is as Gradio does it."""
    for name in LATER:
        _load_when_used(name)
    with _unseen(NEVER), _without_pyi_files():
        importlib.import_module("gradio")


class LateModule(ModuleType):
    """Stands for a package until something of it is used; then it is imported, and stands for itself."""

    def __getattr__(self, name: str) -> object:
        # Whoever goes through all modules asks each of them for such names, and means nothing by it.
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def _load_when_used(name: str) -> None:
    if name in sys.modules or (spec := importlib.util.find_spec(name)) is None:
        return
    module = LateModule(name)
    module.__spec__ = spec
    sys.modules[name] = module


@contextmanager
def _unseen(names: Sequence[str]) -> Iterator[None]:
    """Within the block these packages cannot be imported."""
    hidden = [name for name in names if name not in sys.modules]
    try:
        for name in hidden:
            sys.modules[name] = None  # type: ignore[assignment]  # Python's own way to say: not here
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)


class _MetaLoader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        if hasattr(module, WRITES_PYI):
            setattr(module, WRITES_PYI, lambda *_: None)
        if wrap := getattr(module, WRAPS_START, None):
            setattr(module, WRAPS_START, lambda start: _wrapped(wrap, start))


def _wrapped(wrap: Callable[[Start], Start], start: Start) -> Start:
    """Gradio asks for the parameters of a constructor with each component that it makes or describes."""
    vars(start)["__signature__"] = inspect.signature(start)  # where `inspect` looks first
    wrapped = wrap(start)
    del vars(wrapped)["__signature__"]  # `wrap` copies it; the wrapper itself takes anything
    return wrapped


class _MetaFinder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path) if fullname == META else None
        if spec and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _MetaLoader(spec.loader.name, spec.loader.path)
        return spec


@contextmanager
def _without_pyi_files() -> Iterator[None]:
    """Classes of components that are made later, ours too, are made without such files as well."""
    finder = _MetaFinder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def forget_matplotlib() -> None:
    """Gradio looks for it twice at each step of a run. Where it is missing, that is a search through all folders."""
    if importlib.util.find_spec("matplotlib") is None:
        sys.modules["matplotlib"] = None  # type: ignore[assignment]  # Python's own way to say: not here
