"""The blind test: what it hides, what it tells afterwards, how votes are counted and taken home."""

import csv
import io
import json
import time
from pathlib import Path

import pytest

from tests.browser.conftest import serious
from tests.browser.test_compare import BLIND, COMPARE, DIALOG, bytes_of, choose, kept, paint, rows

pytestmark = pytest.mark.browser


def test_a_blind_test_hides_tells_counts_and_can_be_taken_home(demo_app, open_page):
    page = open_page(demo_app.url, viewport={"width": 390, "height": 844})
    for steps in (4, 12, 20):
        paint(page, steps)
    choose(page, 0, 1, 2, of=3)
    assert page.is_disabled(COMPARE)
    page.click(BLIND)
    told = []
    for number, vote in ((1, "first"), (2, "second"), (3, "no difference")):
        page.wait_for_selector(f"{DIALOG} [data-vote]")
        assert page.inner_text(f"{DIALOG} h2") == f"Blind test: pair {number} of 3"
        hidden = page.inner_text(DIALOG).split("Your votes")[0]
        for name in ("demo/painter", "Inference", "steps", time.strftime("%Y")):
            assert name not in hidden
        assert "history" not in page.get_attribute(f"{DIALOG} .omni-before", "src")
        page.focus(f"{DIALOG} [data-vote='{vote}']")
        page.keyboard.press("Enter")
        page.wait_for_selector(f"{DIALOG} .omni-compare-answer table")
        (label, *steps), *others = rows(page)
        assert (label, others) == ("Inference steps", [])
        for place, one in zip((".omni-before", ".omni-after"), steps, strict=True):
            assert bytes_of(page, f"{DIALOG} {place}") == kept(page, demo_app.url, int(one))
        told.append((vote, steps))
        if number < 3:
            page.keyboard.press("Enter")  # the focus is on "Next pair"
            page.wait_for_selector(f"{DIALOG} .omni-compare-answer table", state="detached")
    assert {frozenset(steps) for _, steps in told} == {
        frozenset(one) for one in (("4", "12"), ("4", "20"), ("12", "20"))
    }
    tally = page.locator(f"{DIALOG} .omni-compare-tally li").all_inner_texts()
    assert len(tally) == 3
    vote, (one, other) = told[0]
    assert any(f"Inference steps {one}: better 1 ×" in line and f"steps {other}: better 0 ×" in line for line in tally)
    with page.expect_download() as download:
        page.click(f"{DIALOG} [data-act=csv]")
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [(one["better"], [one["first"], one["second"]]) for one in lines] == [
        (vote, [f"Inference steps: {one}" for one in steps]) for vote, steps in told
    ]
    assert {(one["kind"], one["what differed"]) for one in lines} == {("image", "Inference steps")}
    assert serious(page, DIALOG) == []
    assert page.evaluate("document.querySelector('dialog[open]').scrollWidth <= innerWidth")
    page.keyboard.press("Escape")
    page.wait_for_selector(DIALOG, state="detached")


def test_votes_of_a_strange_origin_do_no_harm(demo_app, open_page):
    page = open_page(f"{demo_app.url}/?__theme=dark", viewport={"width": 390, "height": 844})
    for steps in (4, 20):
        paint(page, steps)
    choose(page, 0, 1, of=2)
    for stored, many in (("{not json", 0), ('{"a": 1}', 0), ('[1, null, {"at": 3}]', 0)):
        page.evaluate("(stored) => localStorage.setItem('omni-blind', stored)", stored)
        page.click(BLIND)
        page.wait_for_selector(f"{DIALOG} [data-vote]")
        assert page.locator(f"{DIALOG} .omni-compare-tally li").count() == many
        page.keyboard.press("Escape")
        page.wait_for_selector(DIALOG, state="detached")
    vote = {"at": "2026-01-01T00:00:00Z", "kind": "image", "what": "Prompt", "better": "first", "pair": ["a", "b"]}
    vote |= {"first": '=HYPERLINK("http://evil.example")', "second": " -1+1, <b>bold</b>"}
    page.evaluate("(stored) => localStorage.setItem('omni-blind', stored)", json.dumps([vote]))
    page.click(BLIND)
    page.wait_for_selector(f"{DIALOG} [data-vote]")
    assert serious(page, DIALOG) == []
    page.click(f"{DIALOG} .omni-compare-tally summary")
    with page.expect_download() as download:
        page.click(f"{DIALOG} [data-act=csv]")
    lines = list(csv.reader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    assert lines[1][2:4] == ["'" + vote["first"], "'" + vote["second"]]
    page.click(f"{DIALOG} [data-act=clear-votes]")
    page.click(f"{DIALOG} [data-act=clear-votes]")
    assert page.evaluate("localStorage.getItem('omni-blind')") == "[]"
