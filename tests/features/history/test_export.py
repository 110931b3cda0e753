"""The zip to take home: whole files, safe names, a page that needs nothing from outside."""

import io
import json
import re
import secrets
import zipfile
from pathlib import Path

from omni_ui.features.history.export import Kept, write_export
from omni_ui.store import HistoryFile, HistoryRecord

EVIL = "<img src=x onerror=alert(1)>\"'"


def kept(tmp_path, *files: tuple[str, str, bytes | None], **more) -> Kept:
    listed = []
    for number, (title, kind, data) in enumerate(files):
        path = tmp_path / f"{secrets.token_hex(4)}-{number}"
        if data is not None:
            path.write_bytes(data)
        listed.append(HistoryFile("result", title, kind, name=str(path)))
    record = HistoryRecord(**{"visitor": "v", "tab": "image", "at": 1.7e9, "summary": "a fox", "files": listed} | more)
    return Kept(record, [("Seed", "7")])


def find(file: HistoryFile) -> Path | None:
    return path if (path := Path(file.name)).exists() else None


def opened(*records: Kept) -> zipfile.ZipFile:
    made = zipfile.ZipFile(io.BytesIO(b"".join(write_export(list(records), find))))
    assert made.testzip() is None
    return made


def test_files_are_in_it_byte_for_byte_and_the_page_shows_them(tmp_path):
    big = bytes(range(256)) * 12_000
    zipped = opened(
        kept(tmp_path, ("picture.png", "image/png", big), ("sound.wav", "audio/wav", b"RIFF")),
        kept(tmp_path, ("clip.mp4", "video/mp4", b"mp4"), tab="video", text="hello"),
    )
    files = [name for name in zipped.namelist() if "/" in name]
    assert [zipped.read(name) for name in files] == [big, b"RIFF", b"mp4"]
    page = zipped.read("index.html").decode()
    assert sorted(re.findall(r'src="([^"]+)"', page)) == sorted(files)
    assert "2 results" in page
    assert "Seed" in page
    assert "http" not in page.replace("http-equiv", "")
    told = json.loads(zipped.read("results.json"))
    assert [one["files"] for one in told] == [files[:2], files[2:]]


def test_names_cannot_leave_their_folder_and_do_not_meet(tmp_path):
    names = ["../../etc/passwd", "/abs/file.png", "..\\up.png", "a.png", "a.png", "", ".", "x" * 400 + ".png"]
    zipped = opened(kept(tmp_path, *[(name, "image/png", b"1") for name in names]))
    inside = [name for name in zipped.namelist() if "/" in name]
    assert len(set(inside)) == len(names)
    for name in inside:
        assert re.fullmatch(r"0001-image/result-\d-[^/\\]{1,80}", name)
        assert ".." not in name


def test_words_of_models_and_visitors_stay_words(tmp_path):
    zipped = opened(
        kept(tmp_path, (EVIL, EVIL, b"1"), summary=EVIL, text=EVIL, error=EVIL, model=EVIL),
        Kept(HistoryRecord("v", "chat", 1.0), [(EVIL, EVIL)]),
    )
    page = zipped.read("index.html").decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_a_file_that_went_away_meanwhile_does_not_break_the_rest(tmp_path):
    gone = kept(tmp_path, ("a.png", "image/png", b"1"))
    Path(gone.record.files[0].name).unlink()
    missing = kept(tmp_path, ("b.png", "image/png", None))
    zipped = opened(gone, missing, kept(tmp_path, ("c.png", "image/png", b"3")))
    assert [zipped.read(name) for name in zipped.namelist() if "/" in name] == [b"3"]
    assert zipped.read("index.html").decode().count("not there any more") == 2


def test_the_zip_comes_in_pieces(tmp_path):
    pieces = list(write_export([kept(tmp_path, ("a.bin", "image/png", b"x" * 5_000_000))], find))
    assert max(map(len, pieces)) < 1_200_000
