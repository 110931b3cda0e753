#!/usr/bin/env bash
# sd-parsers 0.6 keeps the last UserComment by id() of the picture object. Once that object is gone, CPython may give
# its id to the next one, and a JPEG or WebP gets the settings of the file that was read before it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sd-parsers==0.6 pillow==12.3.0
"$folder/venv/bin/python" - "$folder" <<'PY'
import sys
from importlib.metadata import version

from PIL import Image
from sd_parsers import ParserManager

paths = []
for form in ("JPEG", "WEBP"):
    for seed in (1, 2):
        exif = Image.Exif()
        text = f"a fox\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: {seed}, Size: 65x40"
        exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + text.encode("utf-16-be")
        path = f"{sys.argv[1]}/{seed}.{form.lower()}"
        Image.new("RGB" if form == "JPEG" else "RGBA", (65, 40)).save(path, form, exif=exif.tobytes())
        paths.append((str(seed), path))
wrong = 0
for _ in range(500):
    for seed, path in paths:
        wrong += ParserManager().parse(path).samplers[0].parameters["seed"] != seed
print(f"sd-parsers {version('sd-parsers')}, Pillow {version('pillow')}: {wrong} of 2000 files got the seed of another")
sys.exit(wrong == 0)
PY
