"""Every snippet is run as pasted, and leaves the very bytes that the client gets for the same request."""

import json
import re

import httpx
import pytest

from omni_ui.client import ChatRequest, EditRequest, ImageRequest, SoundRequest, SpeechRequest, VideoRequest, batch_call
from omni_ui.client.gateway.openai_like import OPENAI_SCHEMA
from omni_ui.demo import DemoServer
from omni_ui.features.snippets import LANGUAGES, snippet
from omni_ui.features.snippets.python_openai import CHAT
from omni_ui.features.snippets.view import code_view
from tests.fakes import png
from tests.features.snippets.harness import NAMES, SMALL, cases, plain, put_files, run


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_snippet_leaves_the_bytes_that_the_client_gets(name, language, server, media, expected, tmp_path):
    assert list(cases(media)) == NAMES
    request, wanted = cases(media)[name], expected[name]
    call = request.wire()
    code = snippet(language, call, server.url)
    given = put_files(call, tmp_path, code)
    done = run(language, code, tmp_path)
    assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.name not in given}
    assert set(made) == set(wanted.files)
    for name_, data in wanted.files.items():
        streamed = isinstance(request, ChatRequest) or getattr(request, "stream", False)
        assert (plain(made[name_]) == plain(data)) if streamed else (made[name_] == data)
    if wanted.text:
        assert done.stdout.decode().strip() == wanted.text.strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_batch_leaves_a_file_for_each_text(language, server, tmp_path):
    call = batch_call([SpeechRequest(input="One."), SpeechRequest(input="It's two.")])
    done = run(language, snippet(language, call, server.url), tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert {path.name for path in tmp_path.iterdir()} == {"speech-1.wav", "speech-2.wav"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (ImageRequest(prompt="[[fail:generate]]", size="64x48"), "generate"),
        (VideoRequest(prompt="[[fail:generate]]", size="64x48", num_frames=1), "generate"),
    ],
    ids=["refused", "failed job"],
)
def test_a_failure_ends_with_the_servers_words_and_no_file(request_, says, language, server, tmp_path):
    done = run(language, snippet(language, request_.wire(), server.url), tmp_path)
    assert done.returncode != 0
    assert says in (done.stderr + done.stdout).decode().lower()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_key_and_hidden_address_come_from_the_environment(language, tmp_path):
    with DemoServer(["image"], api_key="sesame's key") as server:
        code = snippet(language, ImageRequest(prompt="a boat", **SMALL).wire(), None)
        assert server.url not in code
        refused = run(language, code, tmp_path, OMNI_BASE_URL=server.url)
        assert refused.returncode != 0
        assert list(tmp_path.iterdir()) == []
        done = run(language, code, tmp_path, OMNI_BASE_URL=server.url, OMNI_API_KEY="sesame's key")
        assert done.returncode == 0, done.stderr.decode()
        assert [path.name for path in tmp_path.iterdir()] == ["picture-1.png"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_character_of_a_prompt_arrives(language, server, media, tmp_path):
    """Control characters, too: what the engine was told is what was asked."""
    prompt = "".join(map(chr, [*range(1, 0x24F), 0x2028, 0xFEFF, 0x1F98A])) + "@<`${'\"\\"
    for request in (ImageRequest(prompt=prompt, **SMALL), EditRequest(prompt=prompt, image=[media["mask"]])):
        httpx.post(f"{server.url}/_stub/config", json={"clear": True})
        code = snippet(language, request.wire(), server.url)
        put_files(request.wire(), tmp_path, code)
        run(language, code, tmp_path)
        told = httpx.get(f"{server.url}/_stub/requests").json()["requests"][-1]["prompt"]["prompt"]
        assert told == prompt


def test_a_body_that_is_too_long_for_an_argument_is_piped(server, tmp_path):
    request = ImageRequest(prompt="漢" * 32_000, negative_prompt="字" * 32_000, **SMALL)
    done = run("curl", snippet("curl", request.wire(), server.url), tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "picture-1.png").exists()


def test_an_input_is_never_overwritten_by_a_result(tmp_path):
    path = tmp_path / "edited-1.png"
    path.write_bytes(png())
    code = snippet("curl", EditRequest(prompt="a", image=[path]).wire(), None)
    assert "new-edited-{number}.png" in code


def test_a_file_that_is_gone_keeps_its_name(tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(png())
    call = EditRequest(prompt="a", image=[path]).wire()
    path.unlink()
    assert 'image=@"photo.jpg";type=image/jpeg' in snippet("curl", call, None)


def test_the_page_shows_the_code_escaped():
    html = code_view(ImageRequest(prompt="<img src=x onerror=alert(1)>").wire(), None)
    assert "<img" not in html
    assert html.count('role="tab"') == html.count("<pre ") == len(LANGUAGES)


def test_a_word_stands_below_the_code_where_the_usual_package_has_a_trap():
    html = code_view(ImageRequest(prompt="x").wire(), None)
    words = re.findall(r'<p class="omni-trap" data-pane="(\d)"( hidden)?>([^<]+)</p>', html)
    assert [(LANGUAGES[int(pane)], hidden) for pane, hidden, _ in words] == [
        ("Python, openai", " hidden"),
        ("JavaScript", " hidden"),
    ]
    assert "extra_body" in words[0][2]
    chat = ChatRequest(messages=[{}], modalities=["text"])
    assert "max_completion_tokens" in code_view(chat.wire(), None)
    assert "omni-trap" not in code_view(SoundRequest(input="rain").wire(), None)


def test_a_failed_job_ends_javascript_with_one_sentence(server, tmp_path):
    call = VideoRequest(prompt="[[fail:generate]]", size="64x48", num_frames=1).wire()
    done = run("JavaScript", snippet("JavaScript", call, server.url), tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.decode().strip().splitlines()) == 1
    assert "{" not in done.stderr.decode()


def test_curl_hands_python_no_apostrophe():
    for request in (
        ChatRequest(messages=[{}]), SpeechRequest(input="x", stream=True), ImageRequest(prompt="x"),
    ):  # fmt: skip
        program = re.search(r"python3 -c '(.*)'\n$", snippet("curl", request.wire(), None), re.DOTALL)[1]
        assert "'" not in program
        compile(program, "piped", "exec")


def test_javascript_keeps_a_key_that_would_be_a_prototype():
    code = snippet("JavaScript", ImageRequest(prompt="x", extra_params={"__proto__": {"a": 1}}).wire(), None)
    assert json.dumps("__proto__") in code


def test_what_openai_has_of_a_chat_is_sent_to_its_dialect_and_named_to_its_package():
    """Two lists of another product, which have to agree on our fields; the snippet asks for no stream."""
    known = set(OPENAI_SCHEMA.fields[ChatRequest.path]) & set(ChatRequest.model_fields)
    assert known - {"stream"} == CHAT - {"model"}
