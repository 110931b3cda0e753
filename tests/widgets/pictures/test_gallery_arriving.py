"""What the page is told of the pictures of an answer, and in which order."""

import asyncio
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from omni_ui.client import ImageRequest, Picture
from omni_ui.core.serving.page_push import OpenPages
from omni_ui.tabs.image import ImageRun
from omni_ui.widgets.pictures.gallery import ArrivingPictures
from tests.fakes import png

FIRST, SECOND, THIRD = (Picture(png(64 + at), "image/png") for at in range(3))


class Pushing(ImageRun):
    """A run that writes down what it pushes."""

    def __init__(self, has_page: bool = True) -> None:
        super().__init__(gr.HTML(render=False), ImageRequest(prompt="a boat", n=2))
        self.pages = OpenPages() if has_page else None
        self.pushed: list[tuple[str, Any]] = []

    def push(self, target: str, value: object) -> bool:
        self.pushed.append((target, value))
        return True


async def test_each_is_pushed_with_a_place_for_those_that_still_come() -> None:
    run = Pushing()
    arriving = ArrivingPictures(run, "image-result", 2)
    arriving.take(FIRST)
    arriving.take(SECOND)
    arriving.take(THIRD)  # more than were asked for: the whole answer says what that means
    assert [target for target, _ in run.pushed] == ["image-result"] * 2
    assert [[bool(item) for item in value] for _, value in run.pushed] == [[True, False], [True, True]]


async def test_the_picture_before_comes_first_so_that_none_is_shown_beside_that_of_another_run() -> None:
    run = Pushing()
    arriving = ArrivingPictures(run, "edit-result", 1, stem="edited", original="edit-original")
    arriving.made_from(Path("/before.png"))
    arriving.take(FIRST)
    assert [target for target, _ in run.pushed] == ["edit-original", "edit-result"]
    assert run.pushed[0][1]["path"] == "/before.png"


@pytest.mark.parametrize("error", [ValueError, asyncio.CancelledError])
async def test_of_an_answer_that_fails_nothing_stays(error: type[BaseException]) -> None:
    run = Pushing()
    arriving = ArrivingPictures(run, "edit-result", 2, original="edit-original")
    arriving.take(FIRST)
    with pytest.raises(error), arriving.shown_if_whole():
        raise error
    assert run.pushed[-2:] == [("edit-original", None), ("edit-result", None)]


async def test_a_failure_before_the_first_picture_tells_the_page_nothing() -> None:
    run = Pushing()
    arriving = ArrivingPictures(run, "image-result", 2)
    with pytest.raises(ValueError, match="no"), arriving.shown_if_whole():
        raise ValueError("no")
    assert run.pushed == []


async def test_a_program_that_has_no_page_gets_the_files_alone() -> None:
    run = Pushing(has_page=False)
    arriving = ArrivingPictures(run, "image-result", 2)
    arriving.take(FIRST)
    paths = await arriving.keep([FIRST, SECOND])
    assert run.pushed == []
    assert [path.read_bytes() for path in paths] == [FIRST.data, SECOND.data]


async def test_what_came_one_by_one_is_kept_where_the_page_was_told() -> None:
    run = Pushing()
    arriving = ArrivingPictures(run, "image-result", 2)
    arriving.take(FIRST)
    arriving.take(SECOND)
    told = [item["image"]["path"] for item in run.pushed[-1][1]]
    assert [str(path) for path in await arriving.keep([FIRST, SECOND])] == told
    assert len(run.pushed) == 2
