"""The code of a watched video, run as it stands against the demo server."""

import json
import subprocess
import sys
import threading

import av
from websockets.sync.server import serve

from omni_ui.client import VideoRequest
from omni_ui.demo.server import DemoServer
from omni_ui.features.snippets import languages_of, snippet
from omni_ui.features.snippets.view import code_view


def test_the_code_of_a_watched_video_gives_the_file_and_sends_the_changes(tmp_path):
    timeline = [{"at": 0.6, "prompt": 'a "storm"'}, {"at": 1, "keys": "w"}]
    fields = {"prompt": "a sea", "size": "64x48", "num_frames": 32, "fps": 16, "seed": 3, "timeline": timeline}
    picture = tmp_path / "first.png"
    picture.write_bytes(_png())
    call = VideoRequest(**fields, watch=True, input_reference=str(picture)).wire("demo/clip")
    # The seconds of the server leave time for the changes, whatever else the machine does.
    with DemoServer(["video"], stub=True, latency=3) as server:
        done = run(snippet("Python", call, server.url), tmp_path)
        record = list(server.app.state.demo.engine.records)[-1]
    assert done.returncode == 0, done.stderr
    with av.open(str(tmp_path / "video.mp4")) as file:
        assert sum(1 for _ in file.decode(video=0)) == 32
    assert [item["event_id"] for item in record["prompt"]["interactions"]] == ["change-1", "change-2"]
    assert record["prompt"]["multi_modal_data"] == {"image": "(64, 48)"}


def test_a_video_that_is_whole_before_its_change_is_due_is_kept(tmp_path):
    def make(socket):
        socket.recv()
        described = {"type": "video.chunk_metadata", "num_frames": 8}
        for message in (json.dumps(described), b"a piece", json.dumps({"type": "session.done"})):
            socket.send(message)
        socket.socket.shutdown(2)  # most servers end without a close frame (WIRE.md 14)

    call = VideoRequest(prompt="a sea", watch=True, timeline=[{"at": 0, "prompt": "a storm"}]).wire("m")
    with serve(make, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        code = snippet("Python", call, f"http://127.0.0.1:{server.socket.getsockname()[1]}")
        read = "event = json.loads(message)"
        assert read in code
        done = run(code.replace(read, f"import time; time.sleep(0.3); {read}"), tmp_path)
        server.shutdown()
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "video.mp4").read_bytes() == b"a piece"


def run(code, folder):
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)


def test_it_is_shown_in_the_one_language_that_can_say_it():
    call = VideoRequest(prompt="a sea", watch=True).wire("m")
    assert languages_of(call) == ["Python"]
    assert code_view(call).count('role="tab"') == 1
    assert len(languages_of(VideoRequest(prompt="a sea").wire("m"))) == 4


def _png():
    import io

    from PIL import Image

    content = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(content, "PNG")
    return content.getvalue()
