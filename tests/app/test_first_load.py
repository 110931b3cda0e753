"""A page names its styles and scripts at once, and Gradio's script finds what it would load."""

import json
import re

import httpx
from fastapi import FastAPI

from omni_ui.app.gradio_private.script_files import FOLDER, needed
from omni_ui.app.loading.first_load import FirstLoad
from omni_ui.app.theme import head
from omni_ui.client.tabs import TABS

INDEX = (FOLDER.parent / "index.html").read_text(encoding="utf-8")
BELOW = ".gradio-container.gradio-container-6-31-0 .contain"


def test_every_kind_that_the_page_draws_is_among_them(client):
    kinds = {part["type"] for part in client.get("/config").json()["components"]}
    bare = set(needed(INDEX, []).drawn)
    for kind in kinds:
        assert set(needed(INDEX, [kind]).drawn) - bare, kind


def test_the_page_asks_for_all_at_once(client):
    page = client.get("/").text
    base, index = page.index("<base "), page.index('src="./assets/index-')
    for word in ("./assets/core-", "./assets/Blocks-", "./omni/scripts/"):
        assert base < page.index(word) < index, word
    sheet = re.findall(r'<link rel="stylesheet" href="([^"]+)">', page)
    assert len(sheet) == 1
    styles = client.get(sheet[0].removeprefix("."))
    assert "immutable" in styles.headers["cache-control"]
    text = styles.text
    assert f"{BELOW} .omni-quiet" in text, "ours"
    assert "--body-background-fill" in text, "the theme"
    hidden = re.findall(r'<link rel="stylesheet" disabled href="\./assets/([^"]+)">', page)
    assert len(hidden) > 10
    assert all((FOLDER / name).read_text()[:60] in text for name in hidden)
    assert len(re.findall(r'rel="stylesheet"', page)) == len(hidden) + 2, "the theme's is the other one"
    theme = re.search(r'<link rel="stylesheet" disabled href="(http[^"]+/theme\.css\?v=\w+)">', page)
    assert theme
    assert client.get(theme[1]).text.strip() in text
    assert client.get("/omni/styles/0123456789abcdef.css").status_code == 404


def test_the_page_names_what_each_other_tab_will_load(client):
    page = client.get("/").text
    late = re.search(r"<meta name=\"omni-late\" content='([^']+)'>", page)
    assert late
    names = json.loads(late[1])
    assert "chat" in names
    for name in {name for tab in names.values() for name in tab}:
        assert (FOLDER / name).exists()
        assert f"./assets/{name}" not in page


def test_of_another_gradio_the_page_comes_with_our_styles_alone(caplog):
    load = FirstLoad(".omni {}", lambda page: "<b></b>")
    page = load.finish('<head><base href="./"><p></p></head>')
    assert page.startswith('<head><base href="./"><link rel="preload" as="style"')
    assert '<b></b><p></p><link rel="stylesheet" href="./omni/styles/' in page
    assert "one after the other" in caplog.text


async def test_a_sheet_comes_as_the_browser_reads_it():
    load = FirstLoad(".omni {}", lambda page: "")
    page = load.finish("<head><base></head>")
    address = re.search(r'href="\.(/omni/styles/\w+\.css)"', page)
    assert address
    app = FastAPI()
    app.include_router(load.routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page") as http:
        for accepted, encoding in {"gzip, br": "br", "gzip": "gzip", "identity": ""}.items():
            answer = await http.get(address[1], headers={"Accept-Encoding": accepted})
            assert (answer.text, answer.headers.get("content-encoding", "")) == (".omni {}", encoding)


def test_the_page_names_the_tabs_that_run_for_its_scripts():
    named = head().index(f'<meta name="omni-tabs" content="{" ".join(TABS)}">')
    assert named < head().index('<script type="module"')
