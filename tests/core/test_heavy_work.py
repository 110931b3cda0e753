"""Looks at large pictures: two at one time, memory given back."""

import asyncio
import subprocess
import sys
import threading

import pytest
from PIL import Image

from omni_ui.core.heavy_work import run_heavy
from omni_ui.media.image_input import take_picture
from omni_ui.media.mask import take_mask
from omni_ui.media.similarity import compare_results
from tests.running import ROOT

MEASURE = """
import asyncio, sys
from pathlib import Path
from PIL import Image
from omni_ui.media.image_input import take_picture

def rss():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024

async def main():
    small, large = Path(sys.argv[1]) / "small.png", Path(sys.argv[1]) / "large.png"
    Image.new("RGB", (64, 64), "teal").save(small)
    Image.new("RGB", (5760, 5760), "teal").save(large, compress_level=1)
    await take_picture(small)
    before = rss()
    await asyncio.gather(*(take_picture(large) for _ in range(50)))
    print(f"{before:.0f} {rss():.0f}")

asyncio.run(main())
"""


async def test_two_at_one_time_and_all_are_done():
    running, most, lock = 0, 0, threading.Lock()
    both = threading.Event()

    def work(number: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            if running == 2:
                both.set()
        both.wait(10)
        with lock:
            running -= 1
        return number

    assert await asyncio.gather(*(run_heavy(work, number) for number in range(6))) == list(range(6))
    assert most == 2


async def test_a_failure_comes_out_as_it_is():
    with pytest.raises(ZeroDivisionError):
        await run_heavy(lambda: 1 // 0)


def test_after_50_pictures_of_33_million_pixels_the_memory_is_back(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stderr
    before, after = map(float, done.stdout.split())
    print(f"RSS before {before:.0f} MB, after 50 pictures of 5760x5760 {after:.0f} MB")
    assert after - before < 150


async def test_masks_and_comparisons_are_decoded_in_one_of_the_two_places(tmp_path, monkeypatch):
    threads = []
    opened = Image.open

    def noted(*args, **more):
        threads.append(threading.current_thread().name)
        return opened(*args, **more)

    path, other = tmp_path / "picture.png", tmp_path / "other.png"
    Image.new("RGB", (64, 64), "white").save(path)
    Image.new("RGB", (64, 64), "grey").save(other)
    picture = await take_picture(path)
    monkeypatch.setattr(Image, "open", noted)
    await take_mask(path, picture)
    await compare_results([path], [other])
    assert len(threads) >= 4
    assert all(name.startswith("heavy") for name in threads), threads
