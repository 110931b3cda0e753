#!/usr/bin/env bash
# What was streamed has no length in its head. mutagen 1.48.1 and tinytag 2.3.2, which tag editors and media libraries ask,
# say of 2 s of it: a WAV, as vLLM-Omni and ffmpeg's pipes write it (sizes 0xFFFFFFFF), lasts 24 hours and 51 minutes,
# though the file ends after 96 kB; a fragmented MP4, as vLLM-Omni sends a watched video, lasts 0 s, without an error, and
# imageio 2.38.1 says that it has 0 pictures, of which it then gives 48. soundfile, miniaudio and PyAV say 2 s.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  mutagen==1.48.1 tinytag==2.3.2 soundfile==0.14.0 miniaudio==1.71 av==18.1.0 imageio==2.38.1
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import array
import math
import struct
import sys
from importlib.metadata import version
from pathlib import Path

import av
import imageio.v3 as imageio
import miniaudio
import mutagen.mp4
import mutagen.wave
import numpy
import soundfile
import tinytag

RATE = 24_000
UNKNOWN = 0xFFFFFFFF
samples = array.array("h", (int(9000 * math.sin(number / 8)) for number in range(2 * RATE))).tobytes()
head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", UNKNOWN, b"WAVE", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16, b"data", UNKNOWN)
Path("streamed.wav").write_bytes(head + samples)
pieces = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
with av.open("streamed.mp4", "w", format="mp4", options=pieces) as film:
    pictures = film.add_stream("h264", rate=24)
    pictures.width, pictures.height, pictures.pix_fmt, pictures.gop_size = 64, 64, "yuv420p", 12
    for number in range(48):
        grey = numpy.full((64, 64, 3), 5 * number, numpy.uint8)
        film.mux(pictures.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
    film.mux(pictures.encode())


def by_av(name):
    with av.open(name) as opened:
        return opened.duration / av.time_base


WAV = {
    "mutagen": lambda name: mutagen.wave.WAVE(name).info.length,
    "tinytag": lambda name: tinytag.TinyTag.get(name).duration,
    "soundfile": lambda name: soundfile.info(name).duration,
    "miniaudio": lambda name: miniaudio.get_file_info(name).duration,
    "av": by_av,
}
MP4 = {
    "mutagen": lambda name: mutagen.mp4.MP4(name).info.length,
    "tinytag": lambda name: tinytag.TinyTag.get(name).duration,
    "av": by_av,
}
same = True
for name, readers, wrong in (("streamed.wav", WAV, range(80_000, 90_000)), ("streamed.mp4", MP4, range(1))):
    for package, read in readers.items():
        seconds = read(name)
        same &= int(seconds) in wrong if package in ("mutagen", "tinytag") else abs(seconds - 2) < 0.01
        print(f"{name}, 2 s: {package} {version(package)} says {seconds:,.1f} s")
told = imageio.improps("streamed.mp4", plugin="pyav", index=...).n_images
given = sum(1 for _ in imageio.imiter("streamed.mp4", plugin="pyav"))
print(f"streamed.mp4: imageio {version('imageio')} says {told} pictures and gives {given}")
sys.exit(0 if same and (told, given) == (0, 48) else "The behaviour has changed.")
PY
