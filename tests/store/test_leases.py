"""One process follows a job: the one that holds its lease, by the clock of the database."""

import asyncio
import json
import sys
import time

from omni_ui.store import HistoryRecord, Lease, Store
from tests.pace import allowed
from tests.store.test_jobs import record

EXPIRED = -1.0
"""Seconds of a lease that is over at once."""


async def test_a_new_job_is_held_and_nobody_else_gets_it_before_its_time(store):
    lease = await store.jobs.begin(record(), "a", 15)
    assert lease == Lease("t", "a", 1)
    assert await store.jobs.claim("b", 15, 10) == []
    assert await store.jobs.begin(record(), "b", 15) is None
    assert await store.jobs.renew([lease], EXPIRED) == {"t": False}
    [(job, other)] = await store.jobs.claim("b", 15, 10)
    assert (job, other) == (record(), Lease("t", "b", 2))
    assert await store.jobs.renew([lease], 15) == {}


async def test_who_has_lost_the_lease_changes_nothing(store):
    lost = await store.jobs.begin(record(), "a", EXPIRED)
    assert await store.jobs.save(record(state="queued"), lost), "nobody else follows the job yet"
    [(_, lease)] = await store.jobs.claim("b", 15, 10)
    assert not await store.jobs.save(record(state="failed"), lost)
    await store.jobs.release([lost])
    assert (await store.jobs.find("t")).state == "queued"
    assert await store.jobs.save(record(state="in_progress"), lease)
    assert (await store.jobs.find("t")).state == "in_progress"
    assert await store.jobs.claim("a", 15, 10) == []


async def test_a_lease_of_before_is_not_one_of_now_also_of_the_same_holder(store):
    first = await store.jobs.begin(record(), "a", EXPIRED)
    [(_, second)] = await store.jobs.claim("a", 15, 10)
    assert second.number == first.number + 1
    assert await store.jobs.renew([first], 15) == {}
    assert not await store.jobs.save(record(state="failed"), first)
    assert await store.jobs.renew([second], 15) == {"t": False}


async def test_a_job_that_was_let_go_is_free_at_once(store):
    await store.jobs.release([await store.jobs.begin(record(), "a", 15)])
    assert [lease.holder for _, lease in await store.jobs.claim("b", 15, 10)] == ["b"]


async def test_a_deleted_job_does_not_come_back(store):
    lease = await store.jobs.begin(record(), "a", 15)
    await store.jobs.delete("t")
    assert not await store.jobs.save(record(state="done"), lease)
    assert await store.jobs.find("t") is None


async def test_the_one_who_follows_a_job_is_told_to_stop_it(store):
    lease = await store.jobs.begin(record(), "a", 15)
    await store.jobs.ask_to_stop("t")
    assert await store.jobs.renew([lease], 15) == {"t": True}


async def test_a_job_that_is_over_can_be_fetched_again(store):
    await store.jobs.ask_to_stop("t")
    lease = await store.jobs.begin(record(), "a", 15)
    await store.jobs.ask_to_stop("t")
    await store.jobs.save(record(state="failed", made=True), lease)
    await store.jobs.release([lease])
    again = await store.jobs.begin(record(state="fetching", made=True), "b", 15)
    assert again == Lease("t", "b", 2)
    assert await store.jobs.renew([again], 15) == {"t": False}


async def test_only_open_jobs_of_servers_that_one_has_are_claimed_the_oldest_first(store):
    for number, (server, state) in enumerate(
        [("here", "queued"), ("there", "queued"), ("here", "done"), ("here", "sending"), ("here", "in_progress")]
    ):
        await store.jobs.save(record(f"t{number}", server=server, state=state, created=10.0 - number))
    assert await store.jobs.claim("a", 15, 10, []) == []
    assert [job.ticket for job, _ in await store.jobs.claim("a", 15, 2, ["here", "elsewhere"])] == ["t4", "t3"]
    assert [job.ticket for job, _ in await store.jobs.claim("a", 15, 10, ["here"])] == ["t0"]
    assert [job.ticket for job, _ in await store.jobs.claim("b", 15, 10)] == ["t1"]


async def test_a_start_on_a_file_of_its_own_takes_up_all_jobs_at_once(tmp_path):
    store = Store(tmp_path)
    await store.open()
    await store.jobs.begin(record(), store.processes.id, 1000)
    await store.close()
    await store.open()
    assert len(await store.jobs.claim(store.processes.id, 15, 10)) == 1
    await store.close()


async def test_jobs_of_a_process_that_dies_go_to_the_other_each_once(postgres, tmp_path):
    url, seconds = await postgres.with_tables(), 1.0
    stores = [Store(tmp_path, url) for _ in range(3)]
    dead, *living = stores
    for store in stores:
        await store.open()
    held = [await dead.jobs.begin(record(f"t{number}", state="queued"), dead.processes.id, seconds)
            for number in range(10)]  # fmt: skip
    await dead.jobs.renew(held, seconds)
    began = time.monotonic()
    claimed: list[Lease] = []

    async def follow(store: Store) -> None:
        while len(claimed) < 10:
            claimed.extend(lease for _, lease in await store.jobs.claim(store.processes.id, 60, 3))

    await asyncio.wait_for(asyncio.gather(*(follow(store) for store in living)), 60)
    assert 0.8 * seconds < time.monotonic() - began < seconds + allowed(3)
    assert sorted(lease.ticket for lease in claimed) == sorted(lease.ticket for lease in held)
    assert {lease.number for lease in claimed} == {2}
    assert not any([await dead.jobs.save(record(lease.ticket, state="failed"), lease) for lease in held])
    assert await dead.jobs.renew(held, seconds) == {}
    for store in stores:
        await store.close()


PROCESS = """
import asyncio, json, sys, time
real, off = time.time, 600
time.time = lambda: real() + off
from omni_ui.store import Store
async def main():
    global off
    store = Store(None, sys.argv[1])
    await store.open()
    claimed, cut_off = [], []
    for off in (600, -600):
        claimed.append([job.ticket for job, _ in await store.jobs.claim("other", 30, 10)])
        cut_off.append([record.id for record, _ in await store.unfinished.cut_off()])
    await store.close()
    print(json.dumps([claimed, cut_off]))
asyncio.run(main())
"""


async def test_a_clock_that_is_ten_minutes_off_takes_nothing_from_the_living(postgres, tmp_path):
    url = await postgres.with_tables()
    store = Store(tmp_path, url)
    await store.open()
    await store.jobs.begin(record("mine"), store.processes.id, 60)
    await store.jobs.begin(record("free"), "nobody", EXPIRED)
    await store.unfinished.add(HistoryRecord(visitor="anne", tab="image", at=1, id="run"), [])
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", PROCESS, url, stdout=asyncio.subprocess.PIPE)
    said, _ = await other.communicate()
    assert json.loads(said) == [[["free"], []], [[], []]]
    await store.close()


async def test_runs_of_a_process_that_ended_are_cut_off_and_those_of_the_living_are_not(open_store, request):
    first = await open_store()
    shared = first.database.shared
    for id in ("a", "b"):
        await first.unfinished.add(HistoryRecord(visitor="anne", tab="image", at=1, id=id), [])
    await first.unfinished.remove("b")
    assert await first.unfinished.cut_off() == []
    if shared:
        second = await open_store()
        assert await second.unfinished.cut_off() == []
        await first.close()
    else:
        await first.close()
        second = await open_store()
    assert [record.id for record, _ in await second.unfinished.cut_off()] == ["a"]


async def test_a_process_that_was_killed_is_missed_after_its_time(postgres, tmp_path, monkeypatch):
    monkeypatch.setattr("omni_ui.store.processes.ALIVE", EXPIRED)
    url = await postgres.with_tables()
    killed, other = Store(tmp_path, url), Store(tmp_path, url)
    await killed.open()
    await other.open()
    await killed.unfinished.add(HistoryRecord(visitor="anne", tab="image", at=1, id="run"), [])
    assert [record.id for record, _ in await other.unfinished.cut_off()] == ["run"]
    for store in (killed, other):
        await store.close()
