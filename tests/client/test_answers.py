"""Error bodies of every shape become one tree."""

import json
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omni_ui.client import (
    BadRequest,
    GatewayFailed,
    GatewayTimedOut,
    NotFound,
    NothingMade,
    NotVllmOmni,
    OmniError,
    OutOfMemory,
    RateLimited,
    ServerBusy,
    ServerFailed,
    TooLarge,
    Unauthorized,
)
from omni_ui.client.answers.failures import error_from, error_from_body, retry_after
from omni_ui.client.answers.known_errors import KNOWN_REPLIES
from omni_ui.client.errors import class_for

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["error", "message", "detail", "code", "x"]), inner)
    ),
    max_leaves=10,
)


def error(body: object, status: int = 400, path: str = "") -> OmniError:
    return error_from(status, json.dumps(body).encode(), path=path)


def test_the_four_shapes() -> None:
    shaped = error({"error": {"message": "too many", "type": "Bad Request", "param": "body.n", "code": 400}})
    assert isinstance(shaped, BadRequest)
    assert (shaped.field, shaped.server_message, shaped.status) == ("n", "too many", 400)
    engine = error({"error": {"message": "broke", "code": 500, "request_id": "img-1", "error_stage_id": 0}}, 500)
    assert isinstance(engine, ServerFailed)
    assert engine.request_id == "img-1"
    starlette = error({"detail": "Method Not Allowed"}, 405)
    assert isinstance(starlette, BadRequest)
    assert "Method Not Allowed" in starlette.sentence
    text = error({"error": "Unauthorized"}, 401)
    assert isinstance(text, Unauthorized)
    assert "API key" in text.sentence


def test_validation_text_is_made_readable() -> None:
    message = (
        "1 validation error:\n  {'type': 'less_than_equal', 'loc': 'body.n', "
        "'msg': 'Input should be less than or equal to 10', 'input': '11', 'ctx': {'le': 10}}"
    )
    found = error({"error": {"message": message, "param": "body.n"}})
    assert found.sentence == "The server did not take this request: n: Input should be less than or equal to 10."
    raw = "1 validation error for VideoGenerationRequest\nwidth\n  Input should be greater than 0 [type=x, input=1]"
    found = error({"error": {"message": raw, "param": None}})
    assert found.field == "width"
    assert "width: Input should be greater than 0." in found.sentence
    assert found.server_message == raw


@pytest.mark.parametrize(
    ("message", "status", "kind", "field"),
    [
        ("CUDA out of memory. Tried to allocate 2 GiB", 500, OutOfMemory, "size"),
        ("Model mismatch: request specifies 'a' but server is running 'b'.", 400, BadRequest, "model"),
        ("The model `a` does not exist.", 404, NotFound, "model"),
        ("No diffusion stage found in multi-stage pipeline.", 503, BadRequest, None),
        ("TTS model did not produce audio output.", 400, NothingMade, None),
        ("Received 5 input images. At most 4 images are supported by this model.", 400, BadRequest, "image"),
        ("Part exceeded maximum size of 1024KB.", 400, TooLarge, None),
        ("Invalid voice 'x'. Supported: a, b", 400, BadRequest, "voice"),
        ("Video generation timed out after 600s.", 504, ServerBusy, None),
        ("This model's maximum context length is 8192 tokens.", 500, BadRequest, "messages"),
        ("Qwen/Qwen3-4B is not a multimodal model", 400, BadRequest, "messages"),
        ("Video not found", 404, NotFound, None),
        ("Audio generation failed: it broke.", 400, BadRequest, None),
    ],
)
def test_known_replies(message: str, status: int, kind: type[OmniError], field: str | None) -> None:
    found = error({"error": {"message": message}}, status)
    assert type(found) is kind
    assert found.field == field
    assert found.hint in found.sentence
    assert found.server_message == message


def test_remedies_hold_what_the_server_said() -> None:
    images = error({"error": {"message": "Received 5 input images. At most 4 images are supported."}})
    assert images.remedy == {"field": "image", "action": "keep", "value": 4}
    task = "Qwen3-TTS Base checkpoint does not support task_type='CustomVoice'. Use task_type='Base' or load"
    assert error({"error": {"message": task}}).remedy == {"field": "task_type", "value": "Base"}


def test_a_field_has_the_name_that_it_has_on_its_route() -> None:
    short = {"error": {"message": "Reference audio too short (0.0s). At least 1s of clear speech is required."}}
    assert error(short, path="/v1/audio/speech").field == "ref_audio"
    assert error(short, path="/v1/audio/voices").field == "audio_sample"
    refused = {"error": {"message": "the prompt was rejected by the guardrail"}}
    assert error(refused, path="/v1/audio/speech").field == "input"
    assert error(refused, path="/v1/chat/completions").field == "messages"
    assert error(refused, path="/v1/images/edits").field == "prompt"


def test_a_missing_package_of_the_demo_is_named_with_what_to_run() -> None:
    told = "Video in the demo needs the package av (PyAV): run `pip install av`."
    found = error({"error": {"message": told, "code": 501}}, 501)
    assert (
        found.sentence == "The demo needs the package av (PyAV) for this. Run pip install av and start the app again."
    )
    assert found.permanent


def test_every_known_reply_can_be_filled_in() -> None:
    for reply in KNOWN_REPLIES:
        import re

        groups = [f"<{at}>" for at in range(re.compile(reply.pattern).groups)]
        for text in (reply.says, reply.hint):
            assert "{" not in text.format(*groups).replace('{"name"', "")
        assert reply.says.endswith((".", "}"))


def test_unknown_routes_and_pages() -> None:
    assert "has no /v1/x" in error({"detail": "Not Found"}, 404, "/v1/x").sentence
    assert isinstance(error_from(404, b"<html><h1>Not Found</h1></html>"), NotVllmOmni)
    empty = error_from(500, b"")
    assert isinstance(empty, ServerFailed)
    assert "status 500 and no reason" in empty.sentence
    assert "cut here" not in error_from(500, b"x" * 400 + b"cut here").sentence
    assert error_from(400, b"x", {"x-request-id": "r1", "retry-after": "soon"}).request_id == "r1"


NGINX_504 = (
    b"<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n<center><h1>504 Gateway Time-out</h1>"
    b"</center>\r\n<hr><center>nginx/1.24.0</center>\r\n</body>\r\n</html>\r\n"
)


@pytest.mark.parametrize(
    ("status", "body", "headers", "kind", "says"),
    [
        (504, NGINX_504, {}, GatewayTimedOut, r"\(nginx\) gave up after 60 s\. .* proxy_read_timeout 1800s;"),
        (504, b"upstream request timeout", {}, GatewayTimedOut, r"\(Envoy\) gave up after 60 s\. .*timeouts\.request"),
        (504, b'{"error": {"message": "litellm.Timeout"}}', {}, GatewayTimedOut, r"\(LiteLLM\).*request_timeout: 1800"),
        (504, b'{"error": "x"}', {}, GatewayTimedOut, r"The proxy in front of the server gave up after 60 s\."),
        (408, b"", {}, GatewayTimedOut, "gave up after 60 s"),
        (524, b"<html>cloudflare</html>", {"server": "cloudflare"}, GatewayTimedOut, "gave up after 60 s"),
        (502, b"<html>Bad Gateway</html>", {"server": "nginx"}, GatewayFailed, r"\(nginx\) gets no answer from it"),
        (503, b"<html>Unavailable</html>", {}, GatewayFailed, r"status 503\)\. Check that the server behind it"),
        (503, b"no healthy upstream", {"server": "envoy"}, GatewayFailed, r"\(Envoy\) gets no answer"),
        (413, b"<html>Too Large</html>", {"server": "nginx"}, TooLarge, r"requests this large.*client_max_body"),
    ],
)
def test_a_proxy_that_answers_for_the_server_is_told_with_its_setting(
    status: int, body: bytes, headers: dict[str, str], kind: type[OmniError], says: str
) -> None:
    found = error_from(status, body, headers, "/v1/images/generations", 60.2)
    assert type(found) is kind
    assert re.search(says, found.sentence)


def test_a_server_that_is_busy_itself_is_no_proxy() -> None:
    assert type(error({"error": {"message": "The queue is full."}}, 503)) is ServerBusy


def test_retry_after_is_seconds_or_a_date() -> None:
    date = {"date": "Sun, 29 Nov 2026 10:00:00 GMT", "retry-after": "Sun, 29 Nov 2026 10:00:07 GMT"}
    assert retry_after(date) == 7
    assert retry_after({**date, "retry-after": "Sun, 29 Nov 2026 09:00:00 GMT"}) == 0
    assert retry_after({"retry-after": "1.5"}) == 1.5
    assert [retry_after({"retry-after": value}) for value in ("", "soon", "-1", "nan", "1e9")] == [None] * 5


def test_a_limit_of_requests_is_told_with_its_wait() -> None:
    limited = error_from(429, b"slow down", {"retry-after": "30"})
    assert isinstance(limited, RateLimited)
    assert limited.sentence == "The server accepts no more requests for now. It asks to wait 30 s."
    assert "slow down" in error_from(429, b"slow down").sentence


def test_codes_inside_a_stream() -> None:
    assert isinstance(error_from_body({"error": {"message": "no", "code": 400}}, None), BadRequest)
    assert isinstance(error_from_body({"error": {"message": "no", "code": True}}, None), ServerFailed)
    assert class_for(418) is BadRequest
    assert class_for(599) is ServerFailed


@given(body=JSON, status=st.integers(400, 599))
def test_any_json_is_an_error_with_a_sentence(body: object, status: int) -> None:
    found = error_from(status, json.dumps(body).encode(), path="/v1/x")
    assert found.status == status
    assert found.sentence.strip()
    assert len(found.sentence) < 1000
    inside = error_from_body({"error": body}, None)
    assert isinstance(inside, OmniError)


@given(content=st.binary(max_size=300), status=st.integers(400, 599))
def test_any_bytes_are_an_error(content: bytes, status: int) -> None:
    assert error_from(status, content).sentence


@given(message=st.text(alphabet=string.printable, max_size=200))
def test_any_message_is_kept(message: str) -> None:
    assert error({"error": {"message": message}}).server_message == message


def test_a_body_nested_without_end_is_still_that_error() -> None:
    assert error_from(500, b"[" * 100_000).status == 500


def test_a_busy_server_is_called_busy() -> None:
    assert error_from(503, b'{"error": {"message": "overloaded"}}').sentence.startswith(
        "The server is busy: overloaded."
    )
