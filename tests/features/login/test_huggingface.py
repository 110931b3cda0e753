"""Signing in with Hugging Face, against a provider of the test: the way there and back, and whatever may not pass."""

from contextlib import closing
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from omni_ui.settings import BadSetting, load_settings
from tests.fakes import SlowServer
from tests.features.login.provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.running import App

SPACE = "someone-omni.hf.space"
ARRIVES = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Accept": "text/html"}
"""How a browser comes back from the provider."""


@pytest.fixture(scope="module")
def provider():
    with Provider() as provider:
        yield provider


@pytest.fixture(autouse=True)
def as_it_was(provider):
    yield
    provider.sub = "65f0c0ffee"
    for bent in (provider.claims, provider.userinfo, provider.metadata):
        bent.clear()


@pytest.fixture(scope="module", params=["", "/omni"])
def served(request, provider):
    with (
        SlowServer(latency=0) as server,
        App(
            OMNI_BASE_URL=server.url, OMNI_HF_LOGIN="true", OMNI_ROOT_PATH=request.param, SPACE_HOST=SPACE,
            OAUTH_CLIENT_ID=CLIENT_ID, OAUTH_CLIENT_SECRET=CLIENT_SECRET, OPENID_PROVIDER_URL=provider.url,
        ) as app,
    ):  # fmt: skip
        app.url += request.param
        app.path = request.param
        yield app


def browser(app):
    return closing(httpx.Client(base_url=app.url))


def leave(http, app, there="/", **more):
    answer = http.get(app.url + "/omni/login/huggingface", params={"next": there}, **more)
    assert answer.status_code == 303, answer.text
    return answer


def come_back(http, app, code, state):
    return http.get(app.url + "/omni/login/callback", params={"code": code, "state": state}, headers=ARRIVES)


def test_the_way_there_and_back_signs_in_the_person_that_the_provider_names(served, provider):
    with browser(served) as http:
        assert http.get(served.url + "/omni/status").status_code == 401
        page = http.get(served.url + "/omni/login?next=%2F%3Fr%3D1")
        assert "Sign in with Hugging Face" in page.text
        assert 'type="password"' not in page.text
        sent = leave(http, served, "/?r=1", headers={"X-Forwarded-Proto": "https"})
        cookie = sent.headers["set-cookie"].lower()
        assert all(word in cookie for word in ("omni_oauth=", "httponly", "samesite=lax", "secure", "max-age=600"))
        sent = leave(http, served, "/?r=1")
        query = parse_qs(urlsplit(sent.headers["location"]).query)
        assert query["redirect_uri"] == [f"https://{SPACE}{served.path}/omni/login/callback"]
        answer = come_back(http, served, *provider.agree(sent.headers["location"]))
        assert (answer.status_code, answer.headers["location"]) == (303, served.path + "/?r=1")
        assert "omni_oauth" not in http.cookies
        assert http.get(served.url + "/omni/status").status_code == 200
        assert http.post(served.url + "/omni/logout").status_code == 303
        assert http.get(served.url + "/omni/status").status_code == 401


def test_the_redirect_comes_to_the_space_whatever_name_the_request_has(served, provider):
    with browser(served) as http:
        sent = leave(http, served, headers={"Host": "localhost:1", "X-Forwarded-Host": "127.0.0.1"})
        query = parse_qs(urlsplit(sent.headers["location"]).query)
        assert query["redirect_uri"][0].startswith(f"https://{SPACE}/")


def test_an_attempt_belongs_to_the_browser_that_began_it_and_is_used_once(served, provider):
    with browser(served) as first, browser(served) as second:
        code, state = provider.agree(leave(first, served).headers["location"])
        assert come_back(second, served, code, state).status_code == 401, "without the cookie"
        leave(second, served)
        assert come_back(second, served, code, state).status_code == 401, "with the cookie of another attempt"
        assert provider.codes.get(code), "the code was not even asked about"
        attempt = first.cookies["omni_oauth"]
        assert come_back(first, served, code, state).status_code == 303
        first.cookies.set("omni_oauth", attempt, path=served.path or "/")
        assert come_back(first, served, code, state).status_code == 401, "the code is used up"


@pytest.mark.parametrize("end", ["", "x", ".", "é"])
def test_a_cookie_that_was_changed_is_worth_nothing(served, provider, end):
    with browser(served) as http:
        code, state = provider.agree(leave(http, served).headers["location"])
        changed = http.cookies["omni_oauth"][: -1 if end else 0] + end
        headers = ARRIVES | {"Cookie": f"omni_oauth={changed}".encode("latin-1")}
        answer = httpx.get(served.url + "/omni/login/callback", params={"code": code, "state": state}, headers=headers)
        assert answer.status_code == 401


@pytest.mark.parametrize(
    ("what", "field", "value"),
    [
        ("claims", "iss", "https://elsewhere.example"), ("claims", "aud", "another-client"), ("claims", "exp", 1),
        ("claims", "exp", "never"), ("claims", "nonce", "another"), ("claims", "azp", "another-client"),
        ("claims", "sub", "somebody-else"), ("userinfo", "sub", "somebody-else"), ("userinfo", "sub", ""),
        ("userinfo", "sub", {"a": 1}),
    ],
)  # fmt: skip
def test_a_token_that_is_not_for_this_app_this_attempt_and_this_person_signs_nobody_in(
    served, provider, what, field, value
):
    with browser(served) as http:
        code, state = provider.agree(leave(http, served).headers["location"])
        getattr(provider, what)[field] = value
        answer = come_back(http, served, code, state)
        assert answer.status_code == 401
        assert "Hugging Face did not sign you in" in answer.text
        assert http.get(served.url + "/omni/status").status_code == 401


def test_who_declines_is_told_so(served):
    with browser(served) as http:
        state = parse_qs(urlsplit(leave(http, served).headers["location"]).query)["state"][0]
        answer = come_back(http, served, "", state)
        assert answer.status_code == 401
        assert "did not sign you in" in answer.text


def test_a_person_is_the_same_on_every_device_and_nobody_else(served, provider):
    with browser(served) as first, browser(served) as second, browser(served) as other:
        for http, sub in ((first, "65f0c0ffee"), (second, "65f0c0ffee"), (other, "another")):
            provider.sub = sub
            come_back(http, served, *provider.agree(leave(http, served).headers["location"]))
            http.cookies.set("omni_visitor", sub[0] * 32)
        body = {"data": ["of one alone"], "session_hash": "s" + served.path.strip("/")}
        assert first.post(served.url + "/gradio_api/call/image", json=body).status_code == 200
        assert first.get(served.url + "/omni/status", headers={"x-omni-session": body["session_hash"]}).is_success
        seen = second.get(served.url + "/omni/status", headers={"x-omni-session": body["session_hash"]})
        assert seen.status_code == 200, "the same person's session"
        seen = other.get(served.url + "/omni/status", headers={"x-omni-session": body["session_hash"]})
        assert seen.status_code == 403


def test_another_site_opens_the_way_back_only_as_a_page(served):
    headers = ARRIVES | {"Sec-Fetch-Mode": "no-cors"}
    assert httpx.get(served.url + "/omni/login/callback", headers=headers).status_code == 403
    assert httpx.get(served.url + "/omni/login/huggingface", headers=ARRIVES).status_code == 403


def test_programs_cannot_guess_at_a_page_that_has_no_passwords(served):
    headers = {"Authorization": "Bearer huggingface:65f0c0ffee"}
    assert httpx.get(served.url + "/omni/status", headers=headers).status_code == 401
    form = {"name": "huggingface", "password": "65f0c0ffee"}
    assert httpx.post(served.url + "/omni/login", data=form).status_code == 405


@pytest.mark.parametrize("endpoint", ["https://elsewhere.example/token", "", None])
def test_a_description_that_leads_elsewhere_is_not_followed(provider, endpoint):
    provider.metadata["token_endpoint"] = endpoint
    with App(
        OMNI_BASE_URL="http://127.0.0.1:9", OMNI_HF_LOGIN="true", SPACE_HOST=SPACE, OAUTH_CLIENT_ID=CLIENT_ID,
        OAUTH_CLIENT_SECRET=CLIENT_SECRET, OPENID_PROVIDER_URL=provider.url,
    ) as app, browser(app) as http:  # fmt: skip
        answer = http.get(app.url + "/omni/login/huggingface")
        assert answer.status_code == 502
        assert "could not confirm" in answer.text


@pytest.mark.parametrize(
    ("lacking", "value"),
    [("OAUTH_CLIENT_ID", ""), ("OAUTH_CLIENT_SECRET", ""), ("SPACE_HOST", ""), ("OPENID_PROVIDER_URL", "http://a.b")],
)
def test_the_login_needs_what_a_space_gives(monkeypatch, lacking, value):
    given = {
        "OMNI_HF_LOGIN": "true", "SPACE_HOST": SPACE, "OAUTH_CLIENT_ID": CLIENT_ID,
        "OAUTH_CLIENT_SECRET": CLIENT_SECRET, "OPENID_PROVIDER_URL": "https://huggingface.co",
    }  # fmt: skip
    for name, setting in (given | {lacking: value}).items():
        monkeypatch.setenv(name, setting)
    with pytest.raises(BadSetting, match="OMNI_HF_LOGIN cannot be used: needs"):
        load_settings()
