"""Writes `sync_client.py` from the source of the asynchronous client: `python -m omni_ui.client.generate_sync`.

Generated rather than written twice, so that the two cannot differ (a test compares), and rather than wrapped when it
is used, so that editors and type checkers know every method. Each method hands its call to the asynchronous client,
which runs in a thread of its own: httpx's two kinds of client would need a second copy of everything else.
"""

import ast
from pathlib import Path
from types import ModuleType

from omni_ui.client import client, listening, video_calls
from omni_ui.client.server import server

TARGET = Path(__file__).with_name("sync_client.py")
LEFT_OUT = {"aclose", "open_speech", "open_talk", "open_video"}
"""Public methods without a blocking twin: `SyncBase` closes by hand, and live sockets need a loop of their own."""

HEAD = '''"""The client without `await`, for scripts and notebooks. Made by generate_sync.py; do not edit."""

{imports}


class SyncOmniClient(SyncBase):
    """One vLLM-Omni server, as `OmniClient`, with calls that block: `with SyncOmniClient(url) as omni`.

    It takes the arguments of `OmniClient`. Its requests run in a thread of its own, so it may be used inside a running
    event loop too (notebooks), and by several threads at once. What streams is a generator: leaving it stops the work.
    """
'''


def generate() -> str:
    """The text of sync_client.py, before formatting."""
    methods: list[str] = []
    names: set[str] = set()
    modules: dict[str, str] = {}
    for module, class_name in (
        (client, "OmniClient"),
        (video_calls, "VideoCalls"),
        (listening, "ListenCalls"),
        (server, "Server"),
    ):
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        modules |= _origins(tree, module)
        body = next(item.body for item in tree.body if isinstance(item, ast.ClassDef) and item.name == class_name)
        for item in body:
            if isinstance(item, ast.AsyncFunctionDef | ast.FunctionDef) and _is_call(item):
                methods.append(_method(item))
                names |= {
                    node.id for part in _annotations(item) for node in ast.walk(part) if isinstance(node, ast.Name)
                }
    imports = ["from collections.abc import Generator", "from omni_ui.client.sync_base import SyncBase"]
    if "httpx." in "".join(methods):
        imports.insert(0, "import httpx")
    imports += [f"from {modules[name]} import {name}" for name in sorted(names - {"AsyncGenerator"}) if name in modules]
    return HEAD.format(imports="\n".join(imports)) + "".join(methods)


def _origins(tree: ast.Module, module: ModuleType) -> dict[str, str]:
    """Where each name of a module comes from."""
    origins = {item.name: module.__name__ for item in tree.body if isinstance(item, ast.ClassDef)}
    for item in tree.body:
        if isinstance(item, ast.ImportFrom) and item.module:
            origins |= {alias.asname or alias.name: item.module for alias in item.names}
    return origins


def _is_call(method: ast.AsyncFunctionDef | ast.FunctionDef) -> bool:
    """Whether a method asks the server: public, and either awaited or iterated."""
    if method.name.startswith("_") or method.name in LEFT_OUT:
        return False
    return isinstance(method, ast.AsyncFunctionDef) or _streams(method)


def _streams(method: ast.AsyncFunctionDef | ast.FunctionDef) -> bool:
    return method.returns is not None and "AsyncGenerator" in ast.unparse(method.returns)


def _annotations(method: ast.AsyncFunctionDef | ast.FunctionDef) -> list[ast.expr]:
    arguments = [*method.args.args, *method.args.kwonlyargs]
    return [part for part in [method.returns, *(argument.annotation for argument in arguments)] if part is not None]


def _method(method: ast.AsyncFunctionDef | ast.FunctionDef) -> str:
    returns = ast.unparse(method.returns) if method.returns else "None"
    if _streams(method):
        inner = ast.unparse(method.returns.slice) if isinstance(method.returns, ast.Subscript) else "object"
        returns = f"Generator[{inner}, None, None]"
    positional = [argument.arg for argument in method.args.args if argument.arg != "self"]
    call = positional + [f"{argument.arg}={argument.arg}" for argument in method.args.kwonlyargs]
    way = "_iterate" if _streams(method) else "_run"
    doc = (ast.get_docstring(method) or "").replace("\n", "\n        ").replace("\n        \n", "\n\n")
    asked = f"lambda: self._omni.{method.name}({', '.join(call)})"
    return (
        f"\n    def {method.name}({ast.unparse(method.args)}) -> {returns}:\n"
        f'        """{doc}{chr(10) + "        " if chr(10) in doc else ""}"""\n'
        f"        return self.{way}({asked})\n"
    )


def main() -> None:
    TARGET.write_text(generate(), encoding="utf-8")


if __name__ == "__main__":
    main()
