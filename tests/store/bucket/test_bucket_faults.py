"""The bucket away, slow, refusing or missing: nothing finished is lost, and one sentence says what is wrong."""

import asyncio
import os

import pytest
from pydantic import SecretStr

from omni_ui.store import StoreFailed
from omni_ui.store.bucket import client
from omni_ui.store.bucket import files as bucket_files
from tests.s3_server import READER
from tests.store.bucket.test_bucket_files import left_on_disk, until, whole


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(bucket_files, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(bucket_files, "LONGEST_PAUSE", 0.2)


async def test_what_is_finished_while_the_bucket_is_away_is_uploaded_when_it_is_back(make_files, proxy):
    files, other = await make_files(proxy=proxy), await make_files("other", proxy=proxy)
    before = await files.write(b"before", ".png")
    proxy.away()
    name = await files.write(b"meanwhile", ".png")
    assert "cannot be reached" in files.problem
    assert (await files.fetch(name)).read_bytes() == b"meanwhile"  # this process shows it all the same
    for ask in (other.find, other.fetch):
        with pytest.raises(StoreFailed, match=r"cannot be reached: try again in a minute\.$"):
            await ask(before)
    await files.check()  # the process can go on with its work
    await proxy.back()
    await until(lambda: not files.problem and not other.problem and not left_on_disk(files, "spool"))
    assert await whole(await other.find(name)) == b"meanwhile"


async def test_a_process_that_was_killed_uploads_with_its_next_start(make_files, proxy):
    proxy.away()
    files = await make_files(proxy=proxy)
    name = await files.write(b"result", ".png")
    await files.close()
    await proxy.back()
    again = await make_files(proxy=proxy)
    await until(lambda: not left_on_disk(again, "spool"))
    assert await whole(await (await make_files("other")).find(name)) == b"result"


async def test_a_deletion_while_the_bucket_is_away_is_made_later_and_after_a_restart(make_files, proxy, monkeypatch):
    files = await make_files(proxy=proxy)
    here, later = await files.write(b"1", ".png"), await files.write(b"2", ".png")
    proxy.away()
    await files.remove(here, everywhere=True)
    assert await files.find(here) is None
    await files.close()
    again = await make_files(proxy=proxy)
    assert await again.find(here) is None  # known from before
    await again.remove(later)
    await proxy.back()

    async def is_gone(name):
        return await (await make_files(f"look-{os.urandom(4).hex()}")).find(name) is None

    async with asyncio.timeout(15):
        while not (await is_gone(here) and await is_gone(later)):  # noqa: ASYNC110 (another process's bucket)
            await asyncio.sleep(0.05)


async def test_what_another_process_uploads_late_is_deleted_all_the_same(make_files, proxy, monkeypatch):
    """Deleted by one process while the other one still has it in its spool."""
    monkeypatch.setattr(bucket_files, "AGAIN", 0.3)
    late, deleter = await make_files("late", proxy=proxy), await make_files("deleter")
    proxy.away()
    name = await late.write(b"secret", ".png")
    await deleter.remove(name, everywhere=True)
    await proxy.back()
    await until(lambda: not left_on_disk(late, "spool"))
    look = await make_files("look")
    async with asyncio.timeout(15):
        while await look.find(name) is not None:  # noqa: ASYNC110 (another process's bucket)
            await asyncio.sleep(0.05)


async def test_an_upload_that_is_cut_off_in_the_middle_begins_anew(make_files, proxy):
    files, other = await make_files(proxy=proxy), await make_files("other")
    proxy.cut_sent_after = proxy.sent + 8_000_000
    data = os.urandom(12_000_000)
    name = await files.write(data, ".mp4")
    assert files.problem
    assert await other.find(name) is None  # nothing half is seen
    await proxy.back()
    await until(lambda: not left_on_disk(files, "spool"))
    assert await whole(await (await make_files("third")).find(name)) == data


async def test_a_download_that_is_cut_off_is_one_sentence_and_leaves_nothing_half(make_files, proxy):
    data = os.urandom(6_000_000)
    name = await (await make_files()).write(data, ".mp4")
    other = await make_files("other", proxy=proxy)
    found = await other.find(name)
    proxy.cut_answered_after = proxy.answered + 3_000_000
    with pytest.raises(StoreFailed, match="cannot be reached"):
        await other.fetch(name)
    assert left_on_disk(other, "cache", "incoming") == []
    with pytest.raises(StoreFailed):
        await whole(found)
    await proxy.back()
    await until(lambda: not other.problem)
    assert (await other.fetch(name)).read_bytes() == data


async def test_a_key_that_may_only_read_is_said_and_what_is_there_is_shown(make_files):
    name = await (await make_files()).write(b"result", ".png")
    reader = await make_files("reader", access_key=SecretStr(READER))
    assert "refuses its key" in reader.problem
    assert await whole(await reader.find(name)) == b"result"
    await reader.remove(name)
    assert "refuses its key" in reader.problem
    assert await whole(await (await make_files("other")).find(name)) == b"result"  # its deletion is still to come
    assert await reader.find(name) is None


async def test_a_key_that_is_wrong_is_said_and_results_wait(make_files):
    wrong = await make_files("wrong", secret_key=SecretStr("another"))
    assert "refuses its key" in wrong.problem
    assert "OMNI_FILES_ACCESS_KEY" in wrong.problem
    name = await wrong.write(b"result", ".png")
    assert left_on_disk(wrong, "spool") == [name.split("/")[1]]
    with pytest.raises(StoreFailed, match="cannot be reached"):
        await wrong.find(f"ab/{'ab' * 16}.png")


async def test_a_bucket_that_is_not_there_is_said(make_files):
    files = await make_files(name="nowhere")
    assert "does not exist" in files.problem or "refuses its key" in files.problem


async def test_a_full_spool_refuses_with_a_sentence_and_loses_nothing(make_files, proxy):
    proxy.away()
    files = await make_files(proxy=proxy, room=1_000_000)
    name = await files.write(os.urandom(700_000), ".png")
    with pytest.raises(StoreFailed, match="cannot be reached"):
        await files.write(os.urandom(700_000), ".png")
    assert left_on_disk(files, "spool") == [name.split("/")[1]]


async def test_a_bucket_that_hangs_is_one_sentence_after_a_moment_and_then_at_once(make_files, proxy, monkeypatch):
    name = await (await make_files()).write(b"result", ".png")
    other = await make_files("other", proxy=proxy)
    monkeypatch.setattr(client, "TRIAL", 0.3)
    proxy.delay = 60.0
    with pytest.raises(StoreFailed, match="cannot be reached: try again in a minute"):
        await other.find(name)
    sent = proxy.sent
    with pytest.raises(StoreFailed, match="cannot be reached: try again in a minute"):
        async with asyncio.timeout(0.25):
            await other.find(name)
    assert proxy.sent - sent < 2000  # at most the look whether it is back


async def test_a_slow_bucket_keeps_its_maker_waiting_for_a_moment_only(make_files, proxy, monkeypatch):
    monkeypatch.setattr(bucket_files, "PATIENCE", 0.2)
    files = await make_files(proxy=proxy)
    proxy.delay = 0.5
    async with asyncio.timeout(5):
        name = await files.write(b"result", ".png")
    assert left_on_disk(files, "spool") == [name.split("/")[1]]
    proxy.delay = 0.0
    await until(lambda: not left_on_disk(files, "spool"))
    assert not files.problem
