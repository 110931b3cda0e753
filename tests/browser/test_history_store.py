"""The store behind History: many results, none that can be used, two apps, what is too old."""

import sqlite3
import time

import httpx
import pytest
from gradio_client import Client

from tests.browser.test_history import CARD, history, killed, make
from tests.pace import allowed
from tests.running import App

pytestmark = pytest.mark.browser


def test_a_thousand_results_open_in_well_under_two_seconds(chromium, tmp_path):
    app = App(OMNI_DATA_DIR=str(tmp_path)).start()
    context = chromium.new_context()
    page = context.new_page()
    page.goto(app.url)
    make(page, "the model of all others")
    killed(app, page)
    _copy_the_only_result(tmp_path, 999)
    with app:
        page.goto(app.url)
        page.wait_for_selector("button[role=tab]")
        page.wait_for_function("document.querySelector('#omni-state .omni-pill')?.dataset.state !== 'asking'")
        began = time.monotonic()
        page.get_by_role("tab", name="History", exact=True).click()
        page.wait_for_selector(f"{CARD} img")
        page.wait_for_function(f"document.querySelector('{CARD} img').naturalWidth > 0")
        took = time.monotonic() - began
        print(f"\na history of 1000 results opened in {took:.2f} s")
        assert took < allowed(2)
        page.wait_for_function(
            "(cards) => { scrollTo(0, document.documentElement.scrollHeight); "
            "return document.querySelectorAll(cards).length === 1000; }",
            arg=CARD,
            polling=200,
            timeout=60_000,
        )
    context.close()


def _copy_the_only_result(folder, times: int) -> None:
    file = sqlite3.connect(folder / "omni.sqlite3")
    file.row_factory = sqlite3.Row
    one = file.execute("SELECT * FROM history").fetchone()
    kept = file.execute("SELECT * FROM history_files").fetchone()
    for number in range(times):
        id = f"{number:032d}"
        file.execute(
            "INSERT INTO history (id, visitor, thread, tab, at, starred, words, facts) "
            "VALUES (?, ?, '', 'image', ?, 0, ?, ?)",
            (id, one["visitor"], one["at"] - number - 1, one["words"], one["facts"]),
        )
        file.execute("INSERT INTO history_files VALUES (?, 0, ?, ?, '')", (id, kept["name"], kept["bytes"]))
    file.execute("UPDATE usage SET records = records + ?", (times,))
    file.commit()
    file.close()


def _corrupt(folder):
    (folder / "omni.sqlite3").write_bytes(b"this is not a database, but it is somebody's" * 100)


def _newer(folder):
    file = sqlite3.connect(folder / "omni.sqlite3")
    file.execute("PRAGMA user_version = 999")
    file.close()


def _a_file(folder):
    folder.rmdir()
    folder.write_text("a file where the folder should be")


@pytest.fixture
def folder(tmp_path):
    """The data folder of an app that is not started yet."""
    path = tmp_path / "data"
    path.mkdir()
    return path


def _files(folder) -> dict:
    return {path: path.read_bytes() for path in [folder, *folder.glob("*")] if path.is_file()}


def test_a_store_that_cannot_be_used_is_said_and_left_as_it_is(open_page, folder):
    _corrupt(folder)
    before = _files(folder)
    with App(OMNI_DATA_DIR=str(folder)) as app:
        page = open_page(app.url)
        make(page, "it works all the same")
        history(page, 1)
        assert "damaged" in page.inner_text(".omni-history-trouble")
    assert _files(folder) == before


@pytest.mark.parametrize(("spoil", "says"), [(_newer, "newer Omni UI"), (_a_file, "cannot be written")])
def test_other_stores_that_cannot_be_used_are_said_too(folder, spoil, says):
    """Over HTTP: the page shows the sentence that it gets with its list."""
    spoil(folder)
    before = _files(folder)
    visitor = {"Cookie": f"omni_visitor={'v' * 32}"}
    with App(OMNI_DATA_DIR=str(folder)) as app:
        program = Client(app.url, verbose=False, headers=visitor)
        program.predict(prompt="it works all the same", size="96x64", api_name="/image")
        answer = httpx.get(f"{app.url}/omni/history", headers=visitor).json()
    assert says in answer["trouble"]
    assert [record["prompt"] for record in answer["records"]] == ["it works all the same"]
    assert _files(folder) == before


def test_a_second_app_on_the_same_folder_says_so_and_works(open_page, tmp_path):
    with App(OMNI_DATA_DIR=str(tmp_path)), App(OMNI_DATA_DIR=str(tmp_path)) as second:
        page = open_page(second.url)
        make(page, "in the second app")
        history(page, 1)
        assert "another Omni UI" in page.inner_text(".omni-history-trouble")


def test_what_is_older_than_the_retention_goes_when_the_app_starts(open_page, chromium, tmp_path):
    context = chromium.new_context()
    app = App(OMNI_DATA_DIR=str(tmp_path)).start()
    page = context.new_page()
    page.goto(app.url)
    make(page, "soon gone")
    history(page, 1)
    page.goto("about:blank")
    app.stop()
    file = sqlite3.connect(tmp_path / "omni.sqlite3")
    file.execute("UPDATE history SET at = at - 90000")
    file.commit()
    file.close()
    app.env["OMNI_RETENTION"] = "24h"
    with app:
        page.goto(app.url)
        history(page, 0)
        page.wait_for_selector(".omni-history-none")
        assert not list((tmp_path / "files").glob("??/*"))
    context.close()
