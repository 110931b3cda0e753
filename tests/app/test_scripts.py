"""The page's scripts: served packed under an address with their hash, and all found where the app names them."""

import ast
import gzip
import re
from pathlib import Path

import brotli
import httpx
import pytest
from fastapi import FastAPI

from omni_ui.app import scripts
from omni_ui.app.theme import INLINE_SCRIPTS, head
from omni_ui.core.scripts import MOUNT, call, mounted

ROOT = Path(__file__).parents[2] / "omni_ui"


@pytest.fixture
def http() -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(scripts.script_routes())
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page")


def address(name: str) -> str:
    return scripts.module_address(name).removeprefix(".")


async def test_a_module_comes_packed_as_the_browser_reads_it(http: httpx.AsyncClient):
    source = scripts.bundles().text(scripts.ENTRY).encode()
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}
    for accepted, encoding in {"gzip, deflate, br, zstd": "br", "gzip;q=0.9": "gzip", "identity": ""}.items():
        async with http.stream("GET", address(scripts.ENTRY), headers={"Accept-Encoding": accepted}) as answer:
            body = b"".join([piece async for piece in answer.aiter_raw()])
        assert answer.headers.get("content-encoding", "") == encoding
        assert unpack[encoding](body) == source
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/omni/scripts/0000/app/main.js", "nothing.js", "app/head.js", "app/theme.py"])
async def test_nothing_else_is_served(http: httpx.AsyncClient, path: str):
    answer = await http.get(path if path.startswith("/") else address(path))
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


def test_every_import_is_a_module():
    loaded = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""")
    for name, module in scripts.modules().items():
        for path in loaded.findall(module.source.decode()):
            target = (ROOT / name).parent.joinpath(path).resolve().relative_to(ROOT.resolve()).as_posix()
            assert target in scripts.modules(), f"{name} imports {path}"


def test_modules_do_not_import_in_circles():
    def reach(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " → ".join((*way, name))
        for one in scripts.modules()[name].imports:
            reach(one, (*way, name))

    for name in scripts.modules():
        reach(name, ())


def test_the_page_preloads_what_it_begins_with():
    links = scripts.preloads('"<template data-component=\\"chat_messages\\">')
    assert links.startswith(f'<link rel="modulepreload" href="{scripts.module_address(scripts.ENTRY)}">')
    assert scripts.module_address("features/chat/chat.js") in links
    assert links.count("<link") == 2
    assert "history.js" in scripts.preloads("<template data-component='history'>")


async def test_a_worklet_comes_as_it_is(http: httpx.AsyncClient):
    name = "features/talk/devices/capture_worklet.js"
    assert (await http.get(address(name))).content == (ROOT / name).read_bytes()


def test_all_bundles_can_be_put_together():
    bundles = scripts.bundles()
    assert {"features/chat/chat.js", "widgets/pictures/brush.js", "features/talk/replay/replay.js"} < bundles.roots
    entry = bundles.text(scripts.ENTRY)
    for root in bundles.roots:
        text = bundles.text(root)
        assert f'bundled["{root}"] ??=' in text
        for needed in set(re.findall(r'= bundled\["([^"]+)"\];', text)):
            assert f'bundled["{needed}"] ??=' in text + entry, f"{root} does not bring {needed}"
        assert not re.search(r"^export (?!const \{)", text, re.M)


def test_all_scripts_are_reached_from_the_entry_or_stand_in_the_page():
    names = [scripts.ENTRY, *scripts.EARLY]
    for name in names:
        source = scripts.modules()[name].source.decode()
        later = [
            (ROOT / name).parent.joinpath(path).resolve().relative_to(ROOT.resolve()).as_posix()
            for path in re.findall(r"""(?:import|new URL)\(["'](\.[^"']+\.js)["']""", source)
        ]
        names += [one for one in (*scripts.modules()[name].imports, *later) if one not in names]
    assert set(names) == set(scripts.modules())


def test_what_the_app_names_is_defined_by_a_script():
    source = "\n".join(module.source.decode() for module in scripts.modules().values())
    defined = {
        "mounted": set(re.findall(r'defineComponent\("(\w+)"', source)),
        "call": set(re.findall(r'defineAction\("(\w+)"', source)),
    }
    named: dict[str, set[str]] = {"mounted": set(), "call": set()}
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in named and len(node.args) > 0:
                name = node.args[1 if ast.unparse(node.func) == "mounted" else 0]
                if isinstance(name, ast.Constant):
                    named[ast.unparse(node.func)].add(name.value)
    assert len(named["mounted"]) > 15
    for kind, names in named.items():
        assert names <= defined[kind]


def test_every_component_is_loaded_with_the_page_or_later():
    names = [scripts.ENTRY]
    for name in names:
        names += [one for one in scripts.modules()[name].imports if one not in names]
    entry = scripts.modules()[scripts.ENTRY].source.decode()
    later = dict.fromkeys(re.findall(r"loadLater\(\(\) => import\(\"\.\./([^\"]+)\"\), ([^)]+)\)", entry))
    for module, listed in later:
        others = {*names, *(other for other, _ in later)}
        parts = [module, *(part for part in scripts.modules()[module].imports if part not in others)]
        source = "".join(scripts.modules()[part].source.decode() for part in parts)
        assert set(re.findall(r'"(\w+)"', listed)) == set(re.findall(r'define(?:Component|Action)\("(\w+)"', source))
        names += parts
    for name, module in scripts.modules().items():
        if re.search(r"^define(Component|Action)\(", module.source.decode(), re.M):
            assert name in names, name


def test_the_scripts_have_one_global_and_make_no_code_of_texts():
    for path in sorted(ROOT.rglob("*.js")):
        if path.parent.name == scripts.KATEX:
            continue
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function|setTimeout\(\s*[\"'`]", source), path
        assert set(re.findall(r"window\.(omni\w*)", source)) <= {"omni"}, path


def test_the_inline_scripts_are_few_and_constant():
    assert re.findall(r"<script>(.*?)</script>", head(), re.S) == list(INLINE_SCRIPTS)
    assert sum(len(script) for script in INLINE_SCRIPTS) < 2000


def test_options_of_a_component_are_not_taken_for_a_template():
    arguments = mounted("<p></p>", "grid", text='${a} {{b}} `c` "d" <e> \\n')
    data = re.search(r'data-options="([^"]*)"', arguments["html_template"]).group(1)
    assert not set(data) & set('${}`\\<>"')
    assert arguments["html_template"].startswith('<p></p><template data-component="grid"')
    assert arguments["js_on_load"] == MOUNT


def test_an_event_gives_its_constants_and_then_its_inputs():
    assert call("press_run", "image") == '(...values) => omni.call("press_run", "image", values)'
