"""Signing in: pairs and hashed passwords, failures that slow down, tokens, the page, programs, sub-paths."""

from contextlib import closing

import httpx
import pytest
from gradio_client import Client

from omni_ui.features.login.accounts import Accounts, hashed, read_accounts
from omni_ui.features.login.tokens import Tokens
from tests.fakes import SlowServer
from tests.running import App


def test_a_hashed_password_does_not_tell_it_and_fits():
    form = hashed("open sesame")
    assert "sesame" not in form
    accounts = Accounts(read_accounts(f"alice:plain words, bob:{form}"))
    assert accounts.verify("alice", "plain words")
    assert accounts.verify("bob", "open sesame")
    assert not accounts.verify("bob", form), "the hashed form is no password"
    assert not accounts.verify("alice", "open sesame")
    assert not accounts.verify("carol", "plain words")


@pytest.mark.parametrize("text", ["alice", ":secret", "alice:", "alice:scrypt$broken", "alice:scrypt$YQ$YQ"])
def test_accounts_that_cannot_be_read_are_refused(text):
    with pytest.raises(ValueError, match=r"must hold pairs|broken"):
        read_accounts(text)


def test_failures_make_the_next_try_wait_longer_each_time_and_success_forgives(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("omni_ui.features.login.accounts.time.monotonic", lambda: now[0])
    accounts = Accounts({})
    waits = []
    for _ in range(12):
        accounts.note(False, "name alice")
        waits.append(accounts.wait("name alice"))
    assert waits[:2] == [0, 0]
    assert waits[2:8] == [1, 2, 4, 8, 16, 32]
    assert waits[-1] == 60
    assert accounts.wait("name bob") == 0
    accounts.note(True, "name alice")
    assert accounts.wait("name alice") == 0


def test_a_token_is_good_until_it_ends_for_one_user_and_one_page(tmp_path):
    tokens = Tokens(tmp_path)
    token = tokens.make("älice.b")
    assert tokens.read(token) == "älice.b"
    assert Tokens(tmp_path).read(token) == "älice.b", "after a restart"
    assert Tokens(None).read(token) is None
    assert tokens.read(tokens.make("alice", lasts=-1)) is None
    assert tokens.read(token[:-1] + ("0" if token[-1] != "0" else "1")) is None
    assert tokens.visitor("alice") == Tokens(tmp_path).visitor("alice") != tokens.visitor("bob")
    assert (tmp_path / "login.key").stat().st_mode & 0o077 == 0


@pytest.fixture(scope="module", params=["", "/omni"])
def served(request):
    with SlowServer(latency=0) as server:
        auth = f"alice:wonderland,bob:{hashed('builder')}"
        with App(OMNI_BASE_URL=server.url, OMNI_AUTH=auth, OMNI_ROOT_PATH=request.param) as app:
            app.url += request.param
            app.path = request.param
            yield app


def sign_in(app, name, password, **more) -> tuple[httpx.Client, httpx.Response]:
    http = httpx.Client(base_url=app.url)
    return http, http.post(app.url + "/omni/login", data={"name": name, "password": password}, **more)


def test_without_signing_in_there_is_nothing_but_the_sign_in_page_and_the_probe(served):
    assert httpx.get(served.url + "/health").status_code == 200
    for path in ("/config", "/omni/status", "/gradio_api/info", "/omni/history", "/gradio_api/file=/etc/hostname"):
        assert httpx.get(served.url + path).status_code == 401, path
    assert httpx.post(served.url + "/gradio_api/queue/join", json={}).status_code == 401
    sent = httpx.get(served.url + "/", headers={"accept": "text/html"})
    assert sent.status_code == 303
    assert sent.headers["location"] == f"{served.path}/omni/login?next=%2F"
    page = httpx.get(served.url + "/omni/login")
    assert page.status_code == 200
    assert 'type="password"' in page.text


def test_the_page_opens_with_the_right_password_and_closes_after_signing_out(served):
    http, answer = sign_in(served, "bob", "builder")
    with closing(http):
        assert answer.status_code == 303
        assert answer.headers["location"] == served.path + "/"
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert http.get(served.url + "/omni/status").status_code == 200
        assert http.post(served.url + "/omni/logout").status_code == 303
        assert http.get(served.url + "/omni/status").status_code == 401


@pytest.mark.parametrize("there", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"])
def test_signing_in_leads_to_no_other_site(served, there):
    http, answer = sign_in(served, "bob", "builder", params={"next": there})
    http.close()
    assert answer.headers["location"] == served.path + "/"


def test_a_wrong_password_is_said_and_after_three_it_has_to_wait(served):
    codes = [sign_in(served, "mallory", "guess")[1] for _ in range(4)]
    assert [answer.status_code for answer in codes] == [401, 401, 401, 429]
    assert "Wrong name or password" in codes[0].text
    assert "wait" in codes[3].text


def test_programs_use_the_same_with_a_bearer_token(served):
    headers = {"Authorization": "Bearer alice:wonderland"}
    for _ in range(100):  # the address had failures in the test before
        if httpx.get(served.url + "/omni/status", headers=headers).status_code == 200:
            break
    pictures, *_ = Client(served.url, verbose=False, headers=headers).predict(prompt="a boat", api_name="/image")
    assert pictures
    assert httpx.get(served.url + "/omni/status", headers={"Authorization": "Bearer alice:x"}).status_code == 401


def test_a_person_has_one_history_on_every_device(served):
    first, _ = sign_in(served, "bob", "builder")
    second, _ = sign_in(served, "bob", "builder")
    with closing(first), closing(second):
        first.cookies.set("omni_visitor", "a" * 32)
        second.cookies.set("omni_visitor", "b" * 32)
        headers = {"Authorization": "Bearer bob:builder"}
        Client(served.url, verbose=False, headers=headers).predict(prompt="of bob alone", api_name="/image")
        listed = [http.get(served.url + "/omni/history").text for http in (first, second)]
        assert all("of bob alone" in text for text in listed)
        other = httpx.get(served.url + "/omni/history", headers={"Authorization": "Bearer alice:wonderland"}).text
        assert "of bob alone" not in other
