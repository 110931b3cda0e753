"""In which order files of tests begin, where several processes share them."""

from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LONGEST = (
    "browser/test_layout_shifts.py",
    "browser/test_every_state.py",
    "browser/test_repeat.py",
    "browser/test_video_jobs.py",
    "browser/test_history_store.py",
    "browser/test_video_servers.py",
    "browser/test_history.py",
    "browser/test_history_again.py",
    "browser/video/test_video.py",
    "browser/speech/test_listening.py",
    "browser/speech/test_voices.py",
    "browser/edit/test_edit.py",
    "browser/test_talk.py",
    "browser/test_repeat_later.py",
    "browser/test_compare.py",
    "app/test_factory.py",
    "app/test_fair_share.py",
    "media/test_fuzz.py",
    "gateways/test_status.py",
    "core/test_heavy_work.py",
    "cluster/test_cluster.py",
    "app/test_hostile.py",
    "app/test_typed_objects.py",
    "store/bucket/test_pages.py",
    "deploy/test_proxies.py",
    "app/test_killed.py",
)
"""The files that take longest, whatever the number of their tests."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts the longest files first, so that no process is left with one of them when the others are done."""
    if not hasattr(config, "workerinput"):
        return
    rank = {name: number for number, name in enumerate(LONGEST)}
    count = Counter(item.path for item in items)
    name = {path: path.relative_to(HERE).as_posix() for path in count}
    items.sort(key=lambda item: (rank.get(name[item.path], len(rank)), -count[item.path], name[item.path]))
