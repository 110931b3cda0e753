"""SD Prompt Reader over pictures that we write: its core alone, as the package pins a window toolkit and Pillow."""

import json
import os
import subprocess
import sys

import pytest

from omni_ui.client import ImageRequest
from omni_ui.features.recipes import Recipe, with_settings
from tests.features.recipes.conftest import MADE

pytestmark = [pytest.mark.package, pytest.mark.timeout(300)]
READ = """
import json, sys
from sd_prompt_reader.image_data_reader import ImageDataReader
for path in sys.argv[1:]:
    reader = ImageDataReader(path)
    print(json.dumps([reader._status.name, reader.positive, reader.negative, reader._parser._parameter]))
"""
PICTURES = ["a.png", "alpha.png", "a.jpg", "lossy.webp"]
"""It takes every WebP with transparency for one of NovelAI's and looks no further."""
SET = ImageRequest(prompt="ein Fuchs, 漢字", negative_prompt="blur", num_inference_steps=28, guidance_scale=4.5, seed=7)
LEFT = ImageRequest(prompt="ein Fuchs, 漢字", seed=7)


def test_sd_prompt_reader(tmp_path):
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*pip, "--target", str(tmp_path / "packages"), "sd-prompt-reader==1.3.5"], check=True)
    paths = []
    for name in PICTURES:
        (tmp_path / name).write_bytes(MADE[name]())
        for kind, request in (("set", SET), ("left", LEFT)):
            paths.append(tmp_path / f"{kind}-{name}")
            paths[-1].write_bytes(with_settings(tmp_path / name, Recipe.of(request, "Qwen/Qwen-Image")))
    done = subprocess.run(
        [sys.executable, "-c", READ, *map(str, paths)],
        env=os.environ | {"PYTHONPATH": str(tmp_path / "packages")},
        capture_output=True,
        text=True,
        check=True,
    )
    for path, line in zip(paths, done.stdout.splitlines(), strict=True):
        status, prompt, negative, settings = json.loads(line)
        assert status == "READ_SUCCESS", path.name
        assert prompt == "ein Fuchs, 漢字"
        known = {"model": "Qwen/Qwen-Image", "seed": "7", "size": "65x40"}
        all_set = path.name.startswith("set")
        assert negative == ("blur" if all_set else "")
        assert known.items() <= settings.items()
        assert settings["steps"] == ("28" if all_set else "model default")
