"""What we write into files, read by other programs' ways. None of our own code in between."""

import io
import struct

import numpy as np
import piexif
import piexif.helper
import pytest
import soundfile
from PIL import Image

from omni_ui.features.recipes.pictures import jpeg_with, webp_with

TEXT = "über 猫\nSteps: 3, Seed: 7"


@pytest.mark.parametrize(("form", "write"), [("JPEG", jpeg_with), ("WEBP", webp_with)])
def test_piexif_reads_the_user_comment(tmp_path, form, write):
    file = io.BytesIO()
    Image.new("RGB", (64, 48)).save(file, form)
    path = tmp_path / f"a.{form.lower()}"
    path.write_bytes(write(file.getvalue(), "{}", TEXT))
    comment = piexif.load(str(path))["Exif"][piexif.ExifIFD.UserComment]
    assert piexif.helper.UserComment.load(comment) == TEXT
    assert Image.open(path).size == (64, 48)


def test_a_wav_with_info_has_the_comment_in_both_places():
    tags = pytest.importorskip("omni_ui.features.recipes.tags")
    if not tags.available():
        pytest.skip("mutagen is not installed")
    file = io.BytesIO()
    soundfile.write(file, np.zeros(800), 8000, format="WAV")
    plain = file.getvalue()
    entry = b"ISFT" + struct.pack("<I", 6) + b"Lavf5\0"
    info = b"LIST" + struct.pack("<I", 4 + len(entry)) + b"INFO" + entry
    body = plain[12:] + info
    with_info = b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body
    written = tags.with_tags("audio/wav", with_info, "{}", TEXT)
    assert b"ICMT" + struct.pack("<I", len(TEXT.encode()) + 1) + TEXT.encode() + b"\0" in written
    assert b"ISFT" in written
    assert struct.unpack_from("<I", written, 4)[0] == len(written) - 8
    assert len(soundfile.read(io.BytesIO(written))[0]) == 800
    assert tags.read_tags("audio/wav", io.BytesIO(written)) == {"omni": "{}"}
    assert b"ICMT" not in tags.with_tags("audio/wav", plain, "{}", TEXT)  # ID3 alone is shown by all
