"""The command line against the demo server, run in this process by click's own test runner."""

import json
import re
import subprocess
import sys
import wave

import httpx
import pytest
from click.testing import CliRunner
from PIL import Image
from pydantic_core import PydanticUndefined

from omni_ui.cli.main import main
from omni_ui.cli.media import NOT_SUNG
from omni_ui.cli.options import bounds, is_list, option_name, value_type
from omni_ui.client import (
    ChatRequest,
    EditRequest,
    ImageRequest,
    SongRequest,
    SoundRequest,
    SpeechRequest,
    VideoRequest,
)
from omni_ui.demo.server import DemoServer

MODELS = {
    "image": ImageRequest,
    "edit": EditRequest,
    "say": SpeechRequest,
    "sing": SongRequest,
    "sound": SoundRequest,
    "film": VideoRequest,
    "chat": ChatRequest,
}
SET_BY_THE_COMMAND = {("edit", "stream"), ("say", "stream_format"), ("chat", "messages"), ("chat", "stream")}
SET_BY_THE_COMMAND |= {("sing", name) for name in NOT_SUNG}


@pytest.fixture(scope="module")
def server():
    demo = DemoServer()
    demo.start()
    yield demo.url
    demo.stop()


@pytest.fixture(scope="module")
def song_server():
    demo = DemoServer(stub=True)
    demo.start()
    yield demo
    demo.stop()


@pytest.fixture
def omni(server, tmp_path, monkeypatch):
    """Runs a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMNI_BASE_URL", server)

    def run(*words, input=None):
        return CliRunner().invoke(main, list(words), input=input)

    return run


def parameters(command):
    return {parameter.name: parameter for parameter in main.commands[command].params}


@pytest.mark.parametrize(("command", "name"), [(c, n) for c, model in MODELS.items() for n in model.model_fields])
def test_every_field_is_an_option_under_its_own_name(command, name):
    if (command, name) in SET_BY_THE_COMMAND:
        return
    parameter = parameters(command)[name]
    info = MODELS[command].model_fields[name]
    if parameter.param_type_name == "argument":
        return
    assert option_name(name) in parameter.opts
    if value_type(info) is not bool:
        assert f"--{name}" in parameter.opts
        assert parameter.multiple == is_list(info)
    assert info.description in parameter.help
    low, high = bounds(info)
    if low is not None and high is not None and abs(low) < 1e12:
        assert f"{low:g} to {high:g}" in parameter.help
    if info.default not in (None, PydanticUndefined, []):
        assert f"default {info.default}" in parameter.help


def test_a_picture_is_written_to_a_file(omni):
    result = omni("image", "a red fox", "--size", "128x96", "--seed", "7", "-o", "fox.png")
    assert (result.exit_code, result.stdout) == (0, "fox.png\n")
    assert Image.open("fox.png").size == (128, 96)


def test_the_same_command_gives_the_same_bytes_on_stdout(omni):
    first, second = (omni("image", "a red fox", "--size", "64x64", "--seed", "7", "-o", "-") for _ in range(2))
    assert first.stdout_bytes.startswith(b"\x89PNG")
    assert first.stdout_bytes == second.stdout_bytes


def test_several_pictures_get_numbers(omni, tmp_path):
    result = omni("image", "a fox", "--size", "64x64", "--n", "2", "-o", "fox.png")
    assert result.stdout.split() == ["fox-1.png", "fox-2.png"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fox-1.png", "fox-2.png"]


def test_a_name_of_our_own_replaces_nothing(omni):
    names = [json.loads(omni("--json", "image", "a fox", "--size", "64x64", "--seed", "1").stdout) for _ in range(2)]
    assert [name["files"] for name in names] == [["image-1.png"], ["image-1 (2).png"]]
    assert names[0]["seed"] == 1


def test_an_edit_takes_pictures_and_then_words(omni):
    omni("image", "a fox", "--size", "64x64", "-o", "fox.png")
    result = omni("edit", "fox.png", "make it night", "-o", "night.png")
    assert result.exit_code == 0, result.output
    assert Image.open("night.png").size == (64, 64)


def test_speech_is_a_file_or_raw_samples_in_a_pipe(omni):
    assert omni("say", "Good morning", "-o", "a.wav").exit_code == 0
    with wave.open("a.wav") as sound:
        assert sound.getframerate() == 24_000
    raw = omni("say", "Good morning", "--stream", "-o", "-")
    assert raw.exit_code == 0
    assert len(raw.stdout_bytes) > 10_000
    assert not raw.stdout_bytes.startswith(b"RIFF")


def test_a_song_is_lyrics_in_a_style_on_the_speech_route(omni, song_server):
    words = ("sing", "-", "--instructions", "slow folk", "--seconds", "12", "--seed", "3", "-o", "song.wav")
    result = omni("--server", song_server.url, *words, input="[verse]\nLa la")
    assert result.exit_code == 0, result.output
    told = httpx.get(f"{song_server.url}/_stub/requests").json()["requests"][-1]
    asked = json.dumps(told)
    assert all(part in asked for part in ("[verse]\\nLa la", "slow folk", "300"))


def test_a_style_may_be_longer_than_instructions_for_speech():
    assert CliRunner().invoke(main, ["say", "x", "--instructions", "x" * 501]).exit_code == 2
    assert SongRequest(input="x", instructions="x" * 20_000, max_new_tokens=9000).wire().path == "/v1/audio/speech"


def test_doctor_says_what_the_server_is_and_can_do(omni):
    result = omni("doctor")
    assert result.exit_code == 0, result.output
    assert "In front of it: nothing detected." in result.stdout
    assert re.search(r"^  image  yes  ", result.stdout, re.M)
    facts = json.loads(omni("--json", "doctor").stdout)
    assert facts["can"]["image"] == {"can": True, "model": "demo/painter", "reason": facts["can"]["image"]["reason"]}
    assert facts["gateway"] is None
    nobody = omni("--json", "--server", "http://127.0.0.1:1", "doctor")
    assert (nobody.exit_code, list(json.loads(nobody.stdout))) == (3, ["error", "status"])


def test_a_text_may_come_by_a_pipe(omni):
    result = omni("say", "-", "-o", "a.wav", input="Good morning")
    assert result.exit_code == 0, result.output


def test_a_video_waits_for_its_job_or_does_not(omni):
    words = ("film", "waves", "--size", "64x64", "--num-frames", "5", "--fps", "8")
    result = omni("--json", *words, "-o", "waves.mp4")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["files"] == ["waves.mp4"]
    assert omni(*words, "--no-wait").stdout.strip().startswith("video_gen")


def test_chat_streams_text_and_reads_pipes_and_files(omni):
    assert omni("chat", "What is 2 + 3?").stdout.strip().endswith("**5**")
    assert omni("chat", input="What is 2 + 3?").stdout.strip().endswith("**5**")
    omni("image", "a fox", "--size", "64x48", "-o", "fox.png")
    assert "64 x 48" in omni("chat", "What is this?", "--attach", "fox.png").stdout
    answer = json.loads(omni("--json", "chat", "What is 2 + 3?").stdout)
    assert answer["text"].endswith("**5**")
    assert answer["files"] == []


def test_models_and_voices_are_listed(omni):
    assert "demo/painter" in omni("models").stdout
    assert "clara" in omni("voices").stdout
    assert {"name", "saved", "description"} == set(json.loads(omni("--json", "voices").stdout)[0])


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["image", " "], 2, "--prompt: Prompt is empty: fill it in first."),
        (["image", "x", "--size", "3"], 2, "--size: Size '3' is not a size"),
        (["image", "x", "--n", "11"], 2, "--n: Pictures must be a whole number from 1 to 10."),
        (["edit", "missing.png", "x"], 2, "'missing.png' does not exist"),
        (["chat"], 2, "Nothing is asked"),
        (["image", "x [[fail:500]]"], 1, "omni: "),
        (["--server", "http://127.0.0.1:1", "models"], 3, "omni: Nothing answers at http://127.0.0.1:1."),
        (["--server", "nonsense", "models"], 2, "http"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_an_exit_code(omni, words, code, sentence):
    result = omni(*words)
    assert result.exit_code == code
    assert sentence in result.output
    assert "Traceback" not in result.output


def test_a_key_is_sent_and_never_shown(tmp_path, monkeypatch):
    demo = DemoServer(api_key="right")
    demo.start()
    try:
        runner = CliRunner()
        assert runner.invoke(main, ["--server", demo.url, "--api-key", "right", "models"]).exit_code == 0
        result = runner.invoke(main, ["--server", demo.url, "--api-key", "wrong-key", "models"])
        assert result.exit_code == 1
        assert "wrong-key" not in result.output
    finally:
        demo.stop()


@pytest.mark.parametrize("command", list(main.commands))
def test_every_command_has_help_with_an_example(command):
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert "Example: " in result.output


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed(shell):
    assert "_OMNI_COMPLETE" in CliRunner().invoke(main, ["completion", shell]).output


def test_the_command_line_needs_no_gradio():
    code = "import sys, omni_ui.cli.main; print(sorted({'gradio', 'PIL', 'numpy', 'fastapi'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_video_that_is_watched_comes_in_pieces_and_changes(omni, tmp_path):
    change = '{"at": 0.6, "prompt": "night"}'
    small = ["film", "waves", "--size", "64x48", "--num-frames", "24", "--fps", "16", "--watch", "--timeline", change]
    piped = omni(*small, "-o", "-")
    assert (piped.exit_code, piped.stdout_bytes[4:8]) == (0, b"ftyp")
    kept = omni(*small, "-o", "waves.mp4")
    assert kept.exit_code == 0
    assert (tmp_path / "waves.mp4").read_bytes()[4:8] == b"ftyp"
    wrong = omni(*small[:-1], '{"prompt": "night"}')
    assert wrong.exit_code == 2
    assert "change 1 needs a second of the video" in wrong.output
