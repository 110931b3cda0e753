#!/usr/bin/env bash
# A WAV that was streamed, as vLLM-Omni and ffmpeg's pipes write it, has 0xFFFFFFFF for its sizes, since they are not
# known when it begins. Of 2 s of it, mutagen 1.48.1 and tinytag 2.3.2 (what tag editors and media libraries ask) say
# 24 hours and 51 minutes, though the file ends after 96 kB; soundfile 0.14.0, miniaudio 1.71 and PyAV 18.1.0 say 2 s.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  mutagen==1.48.1 tinytag==2.3.2 soundfile==0.14.0 miniaudio==1.71 av==18.1.0
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import array
import math
import struct
import sys
from importlib.metadata import version
from pathlib import Path

import av
import miniaudio
import mutagen.wave
import soundfile
import tinytag

RATE = 24_000
UNKNOWN = 0xFFFFFFFF
samples = array.array("h", (int(9000 * math.sin(number / 8)) for number in range(2 * RATE))).tobytes()
head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", UNKNOWN, b"WAVE", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16, b"data", UNKNOWN)
file = Path("streamed.wav")
file.write_bytes(head + samples)


def by_av(name):
    with av.open(name) as opened:
        return opened.duration / av.time_base


READERS = {
    "mutagen": lambda name: mutagen.wave.WAVE(name).info.length,
    "tinytag": lambda name: tinytag.TinyTag.get(name).duration,
    "soundfile": lambda name: soundfile.info(name).duration,
    "miniaudio": lambda name: miniaudio.get_file_info(name).duration,
    "av": by_av,
}
told = {package: read(str(file)) for package, read in READERS.items()}
print(f"{file.stat().st_size} bytes, {len(samples) / 2 / RATE:g} s of sound")
for package, seconds in told.items():
    print(f"{package} {version(package)}: {seconds:,.1f} s")
day = {"mutagen", "tinytag"}
same = all((seconds > 80_000) if package in day else abs(seconds - 2) < 0.01 for package, seconds in told.items())
sys.exit(0 if same else "The behaviour has changed.")
PY
