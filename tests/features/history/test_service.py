"""What runs leave in the history: results, failed tries, videos; what is deleted when; and a store that fails."""

import asyncio
import time

from gradio.utils import get_upload_folder

from omni_ui.client import ChatRequest, EditRequest, FileRef, ImageRequest
from omni_ui.core.run import Run, RunResult
from omni_ui.features.history.service import record_of
from omni_ui.features.recipes import Recipe
from omni_ui.store import HistoryRecord, Store, StoreFailed, VideoRecord
from omni_ui.store.history import History
from tests.fakes import png
from tests.features.history.conftest import begin, end
from tests.pace import allowed

ANNE, BOB = "a" * 32, "b" * 32


class Done(Run):
    """A run that is over."""

    def __init__(self, request, visitor=ANNE, **entered):
        self.request, self.visitor, self.session, self.model = request, visitor, "session", "the/model"
        self.entered = entered

    def events(self, omni, reporter): ...
    async def show(self, events): ...
    def outcome(self): ...


def picture(folder, name="picture.png", size=64):
    path = folder / name
    path.write_bytes(png(size, size))
    return path


async def test_a_fact_waits_for_the_record_that_is_being_written(recorder, tmp_path):
    outcome = RunResult([picture(tmp_path)], facts=[("", "64 × 64")])
    run = Done(ImageRequest(prompt="a fox"))
    run.version = "0.30.0"
    record = HistoryRecord(ANNE, "image", 1.0, id="1" * 32, facts=outcome.facts)

    async def slowly():
        await asyncio.sleep(0.2)
        await recorder.store.history.keep(record)

    recorder.begin(slowly())
    recorder.add_fact(record.id, ANNE, ("repeated", "Identical."))
    found = await recorder.find(record.id, ANNE)
    assert found.facts == [("", "64 × 64"), ("repeated", "Identical.")]
    assert (await recorder.find(await recorder.result(run, outcome, 1.0), ANNE)).version == "0.30.0"


async def test_a_result_is_kept_with_its_recipe_and_what_was_entered(recorder, tmp_path):
    run = Done(ImageRequest(prompt="a fox", seed=7), prompt="a fox", seed="", n=1, talk=object())
    id = await recorder.result(run, RunResult([picture(tmp_path)], facts=[("", "64 x 64")]), 1.23456)
    found = await recorder.find(id, ANNE)
    assert Recipe.from_dict(found.recipe) == Recipe.of(run.request, "the/model")
    assert found.entered == {"prompt": "a fox", "seed": "", "n": 1}
    assert (found.summary, found.model, found.seconds) == ("a fox", "the/model", 1.235)
    assert (await recorder.store.history.fetch(found.files[0])).read_bytes() == png()
    assert await recorder.find(id, BOB) is None


async def test_files_that_were_entered_are_kept_and_no_other_path_ever_is(recorder, tmp_path, monkeypatch):
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(uploads))
    assert get_upload_folder() == str(uploads)
    secret = picture(tmp_path, "secret.png")
    mine = picture(uploads, "mine.png")
    entered = {"prompt": str(mine), "image": [{"path": str(mine)}, {"path": str(secret)}], "mask_image": str(secret)}
    await recorder.failure(EditRequest, ANNE, "It failed.", entered=entered)
    [found] = await recorder.store.history.page(ANNE)
    assert [one.title for one in found.files] == ["mine.png"]
    assert found.entered["image"] == [{"file": 0}]
    assert "mask_image" not in found.entered
    assert found.entered["prompt"] == str(mine), "words are words"


async def test_the_same_failure_again_takes_the_place_of_the_first(recorder):
    for _ in range(3):
        await recorder.failure(ImageRequest, ANNE, "Prompt is empty: fill it in first.", entered={"prompt": ""})
    await recorder.failure(ImageRequest, ANNE, "Another.", "the server's words", entered={"prompt": ""})
    found = await recorder.store.history.page(ANNE)
    assert [one.error for one in found] == ["Another.", "Prompt is empty: fill it in first."]
    assert found[0].details == "the server's words"


async def test_of_a_conversation_the_newest_answer_stays_with_all_that_was_said(recorder, tmp_path):
    photo = picture(tmp_path)
    messages = [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": FileRef(photo)}}]}]
    for text in ("first", "second"):
        outcome = RunResult([], text, thread="talk:1", conversation_json={"messages": messages})
        await recorder.result(Done(ChatRequest(messages=messages), text="hello"), outcome, 1)
    [found] = await recorder.store.history.page(ANNE)
    assert found.text == "second"
    assert found.told["messages"][0]["content"][0]["image_url"]["url"] == {"file": 0, "as": "data_url"}
    assert len(found.files) == 1


async def test_without_a_visitor_nothing_is_written_but_it_can_be_sent_on_in_its_session(recorder, tmp_path):
    path = picture(tmp_path)
    id = await recorder.result(Done(ImageRequest(prompt="x"), visitor=None), RunResult([path], "words"), 1)
    await recorder.failure(ImageRequest, None, "No.", entered={})
    assert not list(recorder.store.files.folder.glob("??/*"))
    given = await recorder.sendable(id, None, "session")
    assert (given.files, given.text) == ([(path, "image/png")], "words")
    assert await recorder.sendable(id, None, "another session") is None
    assert await recorder.sendable(id, BOB, None) is None


async def test_what_is_sent_on_comes_from_the_store_when_the_page_s_file_is_gone(recorder, tmp_path):
    path = picture(tmp_path)
    id = await recorder.result(Done(ImageRequest(prompt="x")), RunResult([path]), 1)
    path.unlink()
    given = await recorder.sendable(id, ANNE, "another session")
    assert given.files[0][0].read_bytes() == png()
    assert await recorder.sendable(id, BOB, "session") is None


def job(ticket="t", **more) -> VideoRecord:
    facts = {
        "ticket": ticket,
        "visitor": ANNE,
        "server": "demo",
        "request": {"prompt": "a sea"},
        "created": time.time(),
    }
    return VideoRecord(**facts | {"state": "done", "ended": time.time() + 2} | more)


async def test_a_video_is_written_down_when_it_ends_and_goes_with_its_job(recorder):
    name = await recorder.store.files.write(b"mp4", ".mp4")
    done = job(file=name, bytes=3)
    await recorder.store.jobs.save(done)
    recorder.jobs.on_end(done)
    recorder.jobs.on_end(job("stopped", state="cancelled"))
    recorder.jobs.on_end(job("of nobody", visitor=None))
    found = await recorder.find(record_of("t"), ANNE)
    assert (found.tab, found.summary, found.files[0].title) == ("video", "a sea", "video.mp4")
    assert len(await recorder.store.history.page(ANNE)) == 1
    room = await recorder.store.history.disk_usage()
    assert room.all < 1000
    await recorder.jobs.delete("t")
    assert await recorder.find(record_of("t"), ANNE) is None
    assert not list(recorder.store.files.folder.glob("??/*"))


async def test_deleting_the_record_of_a_video_deletes_its_job(recorder):
    name = await recorder.store.files.write(b"mp4", ".mp4")
    await recorder.store.jobs.save(job(file=name, bytes=3))
    recorder.jobs.on_end(job(file=name, bytes=3))
    await recorder.settled()
    await recorder.remove(await recorder.store.history.all_of(ANNE))
    assert await recorder.jobs.find("t") is None
    assert not list(recorder.store.files.folder.glob("??/*"))


async def test_a_video_whose_end_was_not_written_down_is_when_the_app_starts(tmp_path):
    store = Store(tmp_path / "data")
    await store.open()
    await store.jobs.save(job(state="failed", error="Out of memory."))
    await store.close()
    recorder = await begin(tmp_path)
    try:
        for _ in range(500):
            if found := await recorder.store.history.page(ANNE):
                break
            await asyncio.sleep(0.01)
        assert found[0].error == "Out of memory."
    finally:
        await end(recorder)


async def test_a_store_that_fails_is_said_and_the_result_can_still_be_sent_on(recorder, tmp_path, monkeypatch):
    async def full(self, *_):
        raise StoreFailed("The disk is full.")

    monkeypatch.setattr(History, "keep", full)
    path = picture(tmp_path)
    id = await recorder.result(Done(ImageRequest(prompt="x")), RunResult([path]), 1)
    assert recorder.problem == "The disk is full."
    assert (await recorder.sendable(id, ANNE, None)).files == [(path, "image/png")]
    monkeypatch.undo()
    await recorder.result(Done(ImageRequest(prompt="x")), RunResult([path]), 1)
    assert recorder.problem == ""


async def test_a_run_waits_for_a_slow_disk_but_not_for_long(recorder, monkeypatch):
    kept = History.keep

    async def slow(self, *given):
        await asyncio.sleep(1.5)
        return await kept(self, *given)

    monkeypatch.setattr(History, "keep", slow)
    began = time.monotonic()
    id = await recorder.result(Done(ImageRequest(prompt="x")), RunResult([]), 1)
    assert time.monotonic() - began < allowed(1)
    assert await recorder.find(id, ANNE), "it was written all the same"


async def test_what_it_adds_to_a_run_with_a_picture_of_1024(recorder, tmp_path):
    """The aim is 10 ms; the bound here is loose, since tests run on busy machines."""
    path = tmp_path / "picture.png"
    path.write_bytes(png(1024, 1024) + b"\0" * 3_000_000)
    took = []
    for _ in range(20):
        began = time.perf_counter()
        await recorder.result(Done(ImageRequest(prompt="x"), prompt="x"), RunResult([path]), 1)
        took.append(time.perf_counter() - began)
    print(f"\nrecording a picture: {1000 * sorted(took)[10]:.1f} ms")
    assert sorted(took)[10] < allowed(0.05)


async def test_of_a_conversation_the_message_that_was_answered_says_what_it_is(recorder, tmp_path):
    told = [{"type": "image_url", "image_url": {"url": FileRef(picture(tmp_path))}}, {"type": "text", "text": "And?"}]
    messages = [{"role": "user", "content": "First"}, {"role": "assistant", "content": "Yes."}]
    run = Done(ChatRequest(messages=[*messages, {"role": "user", "content": told}]), text="", change="again")
    found = await recorder.find(await recorder.result(run, RunResult(text="It is."), 1.0), ANNE)
    assert found.summary == "And?"
