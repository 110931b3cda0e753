"""How good the forecasts are: 30 pictures of many sizes and steps, each foretold before it is made.

python -m bench.forecast [runs] [--url http://host:8091]
"""

import argparse
import asyncio
import random
import statistics
import time

from omni_ui.client import ImageRequest, OmniClient
from omni_ui.demo.server import DemoServer
from omni_ui.store import Store
from omni_ui.store.timings import load_of

SIDES = (512, 640, 768, 896, 1024)


async def measure(url: str, runs: int) -> None:
    luck, store = random.Random(7), Store(None)
    await store.open()
    inside, errors, widths, silent = 0, [], [], 0
    async with OmniClient(url) as omni:
        for number in range(runs):
            size = f"{luck.choice(SIDES)}x{luck.choice(SIDES)}"
            asked = ImageRequest(prompt="A red fox", size=size, num_inference_steps=luck.randint(10, 50), seed=number)
            load = load_of(asked)
            found = await store.timings.estimate("bench", None, load)
            began = time.monotonic()
            await omni.images(asked)
            took = time.monotonic() - began
            await store.timings.note("bench", None, load, took)
            if found is None:
                silent += 1
                continue
            inside += found.low <= took <= found.high
            errors.append(abs((found.low + found.high) / 2 - took) / took)
            widths.append(found.high / found.low)
            print(
                f"{size:>9} {asked.num_inference_steps:3} steps: {found.low:.2f} to {found.high:.2f} s, took {took:.2f}"
            )
    await store.close()
    print(f"{runs} runs, {silent} without a forecast; {inside} of {len(errors)} inside the range")
    print(
        f"error of the middle: median {statistics.median(errors):.0%}; high/low: median {statistics.median(widths):.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=int, nargs="?", default=30)
    parser.add_argument("--url", help="a server instead of the demo")
    given = parser.parse_args()
    if given.url:
        asyncio.run(measure(given.url, given.runs))
        return
    with DemoServer() as server:
        asyncio.run(measure(server.url, given.runs))


if __name__ == "__main__":
    main()
