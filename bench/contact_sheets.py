"""Contact sheets of the demo server's pictures: `python -m bench.contact_sheets OUT_DIR` writes PNG files to look at.

pictures-*.png: 24 prompts; styles.png, steps.png: one prompt in every style and at several steps and guidances;
subjects.png: every drawing; edits.png: every edit on a painted picture; frames.png: scenes in motion, a row per scene.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from omni_ui.demo.imaging.canvas import LIGHTS, Stage
from omni_ui.demo.imaging.drawing import draw, drawings
from omni_ui.demo.imaging.editor import KNOWN, edit
from omni_ui.demo.imaging.painter import frames, paint
from omni_ui.demo.imaging.styles import STYLES

PROMPTS = [
    "a red fox in the snow",
    "a lighthouse on a cliff at dusk, long exposure, calm sea",
    "a cup of coffee on a table",
    "a sunset over mountains",
    "portrait of a woman",
    "an astronaut riding a horse",
    "a cat",
    "neon city at night in the rain",
    "a bowl of fruit",
    "sailing boat",
    "a dragon",
    "underwater coral reef with fish",
    "a spaceship near a ringed planet",
    "autumn forest with a cabin",
    "cherry blossom",
    "hot air balloons over desert",
    "a snowy village at night",
    "abstract shapes in watercolour",
    "a robot",
    "a vintage car",
    "a castle",
    "a bouquet of flowers",
    "a whale",
    "northern lights",
]
MOVING = [
    "sailing boat, sunset sea",
    "a snowy village at night, snowing",
    "hot air balloons over desert",
    "northern lights",
]
EDITS = [name for name in KNOWN if not name.startswith("match")] + [
    "make it teal",
    "add a red balloon",
    "add a moon",
    "rotate 20 degrees",
]


def sheet(path: Path, cells: list[tuple[str, Callable[[], Image.Image]]], columns: int, size=(384, 384)) -> None:
    """Draws every cell, with what it shows and the seconds it took below it."""
    rows = -(-len(cells) // columns)
    whole = Image.new("RGB", (columns * size[0], rows * (size[1] + 18)), "white")
    pen = ImageDraw.Draw(whole)
    for number, (label, make) in enumerate(cells):
        start = time.perf_counter()
        picture = make()
        spent = time.perf_counter() - start
        left, top = number % columns * size[0], number // columns * (size[1] + 18)
        whole.paste(picture.resize(size, Image.Resampling.LANCZOS), (left, top))
        pen.text((left + 4, top + size[1] + 3), f"{label[:52]}  {spent:.2f} s", fill="black")
    whole.save(path)
    print(path)


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)

    def painted(prompt, seed=0, **how):
        return prompt, lambda: paint(prompt, width=768, height=768, seed=seed, **how)

    for part in (0, 1):
        some = PROMPTS[part * 12 : part * 12 + 12]
        sheet(out / f"pictures-{part + 1}.png", [painted(prompt, number) for number, prompt in enumerate(some)], 4)
    scene = "a lighthouse on a cliff, sailing boat, golden hour"
    sheet(out / "styles.png", [painted(f"{scene}, {style}", 3) for style in STYLES], 4)
    steps = [(f"{n} steps", painted(scene, 3, steps=n)[1]) for n in (1, 4, 8, 12, 16, 20)]
    literal = [(f"guidance {g}", painted("a red fox in a meadow", 3, guidance=g)[1]) for g in (0, 1, 2, 4, 10, 20)]
    sheet(out / "steps.png", steps + literal, 6, (288, 288))
    stage = Stage(400, 400, np.random.default_rng(1), LIGHTS["day"][0])

    def drawn(name):
        card, picture = Image.new("RGB", (384, 384), (222, 230, 226)), draw(name, 300, stage)
        picture.thumbnail((360, 360))
        card.paste(picture, ((384 - picture.width) // 2, 360 - picture.height), picture)
        return card

    sheet(out / "subjects.png", [(name, lambda name=name: drawn(name)) for name in drawings()], 8, (192, 192))
    before = paint("a cabin by a lake, mountains, summer, day", width=768, height=768, seed=5)
    cells = [(name, lambda name=name: edit([before], name)) for name in EDITS]
    sheet(out / "edits.png", [("before", lambda: before), *cells], 7, (256, 256))
    shots = []
    for prompt in MOVING:
        made = frames(prompt, width=848, height=480, num_frames=81, fps=16, seed=2)
        start, kept = time.perf_counter(), []
        for number, frame in enumerate(made):
            if number % 20 == 0:
                kept.append(frame.copy())
        print(f"{prompt}: {(time.perf_counter() - start) / 81 * 1000:.1f} ms a frame, painting included")
        shots += [(f"{prompt} {k * 20 / 16:.1f} s", lambda f=f: Image.fromarray(f)) for k, f in enumerate(kept)]
    sheet(out / "frames.png", shots, 5, (318, 180))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m bench.contact_sheets OUT_DIR")
    main(Path(sys.argv[1]))
