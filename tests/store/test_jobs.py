from omni_ui.store import VideoRecord


def record(ticket: str = "t", **more) -> VideoRecord:
    return VideoRecord(
        **{"ticket": ticket, "visitor": "me", "server": "demo", "request": {"prompt": "a sea"}, "created": 1.0} | more
    )


async def test_a_record_comes_back_as_it_was(store):
    made = record(expected=(1.5, 2.0), facts={"fps": 24.0}, error="No.", server_id="video_1", file="ab/c.mp4")
    await store.jobs.save(made)
    assert await store.jobs.find("t") == made
    await store.jobs.save(made.but(state="done"))
    assert (await store.jobs.find("t")).state == "done"
    assert await store.jobs.find("other") is None


async def test_a_visitor_sees_their_own_newest_first(store):
    for number, visitor in enumerate(["me", "you", "me", None]):
        await store.jobs.save(record(f"t{number}", visitor=visitor, created=float(number)))
    assert [one.ticket for one in await store.jobs.of_visitor("me")] == ["t2", "t0"]


async def test_open_ones_are_those_that_are_not_over(store):
    for state in ("sending", "queued", "in_progress", "fetching", "done", "failed", "cancelled"):
        await store.jobs.save(record(state, state=state))
    await store.jobs.delete("queued")
    claimed = await store.jobs.claim("a process", seconds=15, limit=10)
    assert {job.ticket for job, _ in claimed} == {"sending", "in_progress", "fetching"}


async def test_facts_of_a_later_version_are_left_aside(store):
    await store.jobs.save(record())
    await store.database.write(("UPDATE video_jobs SET facts = '{\"colour\": 1, ' || SUBSTR(facts, 2)", {}))
    assert await store.jobs.find("t") == record()
