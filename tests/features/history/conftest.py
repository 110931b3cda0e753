"""A recorder with a store of its own."""

import pytest

from omni_ui.core.backends import Backends
from omni_ui.features.history.service import Limits, Recorder
from omni_ui.features.video.jobs.jobs import VideoJobs
from omni_ui.settings import Settings
from omni_ui.store import Store


@pytest.fixture
async def recorder(tmp_path):
    made = await begin(tmp_path)
    yield made
    await end(made)


async def begin(folder, **limits) -> Recorder:
    store = Store(folder / "data")
    await store.open()
    recorder = Recorder(store, VideoJobs(Backends(Settings()), store), Limits(**limits))
    recorder.start()
    return recorder


async def end(recorder: Recorder) -> None:
    await recorder.close()
    await recorder.store.close()
