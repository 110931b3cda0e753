"""Videos of the demo server in pieces: what changes in the picture, and when."""

import numpy as np
import pytest
from PIL import Image

from omni_ui.client import OmniClient, ServerFailed, VideoRequest
from omni_ui.client.live import VideoChunk
from omni_ui.demo.server import DemoServer
from omni_ui.demo.streaming.interactions import read_interaction
from omni_ui.demo.streaming.video_pieces import Change, Changes, Script, paint

TASTE = {"seed": 1, "steps": None, "guidance": None, "negative_prompt": None}


def frames_of(pieces, tmp_path):
    import av

    path = tmp_path / "video.mp4"
    path.write_bytes(b"".join(piece.data for piece in pieces))
    with av.open(str(path)) as file:
        return [frame.to_ndarray(format="rgb24").astype(int) for frame in file.decode(video=0)]


def difference(first, second):
    return float(np.abs(first - second).mean())


def test_another_prompt_fades_in_from_the_next_piece_on(tmp_path):
    changes, pieces = Changes(), []
    for piece in paint(Script("a green meadow", 64, 48, 40, 16.0, TASTE), changes):
        pieces.append(piece)
        if len(pieces) == 1:
            changes.add(Change("early", "a red desert"))
            changes.add(Change("e", "a night sky", transition=2))
    assert [piece.started for piece in pieces] == [[], ["e"], [], [], [], []]
    assert [piece.active for piece in pieces] == [[], ["e"], ["e"], [], [], []]
    assert [piece.completed for piece in pieces] == [[], [], ["e"], [], [], []]
    frames = frames_of(pieces, tmp_path)
    assert difference(frames[0], frames[7]) < 5
    assert difference(frames[0], frames[15]) > 10
    assert difference(frames[0], frames[39]) > 2 * difference(frames[0], frames[11])


def test_keys_move_the_picture_and_letting_go_stops_it(tmp_path):
    changes, pieces = Changes(), []
    image = Image.fromarray(np.random.default_rng(1).integers(0, 255, (6, 8, 3), np.uint8)).resize((64, 48))
    script = Script("static", 64, 48, 24, 8.0, TASTE, image)
    speeds = [{"data": {"translation": [0.05, 0, 0]}}, {"data": {"translation": [0, 0, 0]}}]
    for piece in paint(script, changes):
        pieces.append(piece)
        if len(pieces) in (1, 2):
            changes.add(Change(f"e{len(pieces)}", camera=speeds[len(pieces) - 1]))
    frames = frames_of(pieces, tmp_path)
    moved = [difference(frames[number], frames[number + 1]) for number in range(23)]
    assert min(moved[8:15]) > 3 * max([*moved[:6], *moved[17:]])


@pytest.mark.parametrize(
    "interaction",
    [
        None, {}, {"event": 1}, {"event_id": "", "event": {"prompt": "b"}}, {"event": {"prompt": 7}},
        {"event": {"prompt": "b", "negative_prompt": "c"}}, {"event": {"prompt": "b"}, "transition_chunks": True},
        {"event": {"multi_modal_data": {"camera": {"data": {"translation": [1]}}}}},
        {"event": {"multi_modal_data": {"camera": {"data": {"rotation": [0, 0, 0, float("inf")]}}}}},
    ],
)  # fmt: skip
def test_a_change_that_is_none_is_refused_in_words(interaction):
    assert str(read_interaction(interaction)).startswith("session.interaction")


async def test_a_fault_in_the_middle_ends_the_stream_with_an_error():
    request = VideoRequest(prompt="a sea [[fail:midstream]]", size="64x48", num_frames=40, fps=16, watch=True)
    with DemoServer(["video"]) as server:
        async with OmniClient(server.url) as omni, await omni.open_video(request) as stream:
            events = stream.events()
            seen = [await anext(events) for _ in range(3)]
            with pytest.raises(ServerFailed):
                await anext(events)
    assert sum(isinstance(event, VideoChunk) for event in seen) == 2
