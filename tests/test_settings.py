import pytest

from omni_ui.settings import BadSetting, Settings, load_settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    import os

    for name in list(os.environ):
        if name.startswith("OMNI_") or name == "SPACE_ID":
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("OMNI_BASE_URL", "my server", "address such as http"),
        ("OMNI_IMAGE_URL", "host:8091", "address such as http"),
        ("OMNI_BASE_URL", "http://", "address such as http"),
        ("OMNI_BASE_URL", "http://host:99999", "address such as http"),
        ("OMNI_API_KEY", "schl\u00fcssel", "no key can have"),
        ("OMNI_SHOW_SERVER", "maybe", "true or false"),
        ("OMNI_PORT", "seven", "whole number"),
        ("OMNI_PORT", "70000", "65535"),
        ("OMNI_MAX_CONCURRENCY", "0", "1"),
        ("OMNI_ROOT_PATH", "omni", "slash"),
        ("OMNI_ABILITIES", "image,smell", "image"),
        ("OMNI_HEADERS", "nonsense", "must be pairs such as"),
        ("OMNI_HEADERS", "x-a=1,content-type=x", "cannot set content-type"),
        ("OMNI_LORAS", "style", "path on the server"),
        ("OMNI_CAPS", "colour=3", "may name size"),
        ("OMNI_CAPS", "steps=many", "written like"),
        ("OMNI_CAPS", "runs=3", "written like"),
        ("OMNI_CAPS", "n=0", "written like"),
        ("OMNI_DATABASE_URL", "mysql://host/omni", "address such as postgresql://"),
        ("OMNI_DATABASE_URL", "postgresql://user:word@host", "address such as postgresql://"),
        ("OMNI_DATABASE_URL", "postgresql://user:word@host:port/omni", "address such as postgresql://"),
        ("OMNI_FILES_URL", "results", "address of a bucket"),
        ("OMNI_FILES_URL", "s3://results/../other", "address of a bucket"),
        ("OMNI_FILES_URL", "s3://Results", "address of a bucket"),
        ("OMNI_FILES_ACCESS_KEY", "key", "set both or none"),
        ("OMNI_FILES_ROOM", "much", "such as 500MB"),
    ],
)
def test_a_wrong_setting_is_one_sentence_that_names_it(monkeypatch, name, value, says):
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=says) as raised:
        load_settings()
    assert name in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_wrong_key_is_not_repeated(monkeypatch):
    monkeypatch.setenv("OMNI_BASE_URL", "nonsense")
    monkeypatch.setenv("OMNI_API_KEY", "sk-secret")
    with pytest.raises(BadSetting) as raised:
        load_settings()
    assert "sk-secret" not in str(raised.value)
    assert "sk-secret" not in repr(Settings.model_construct())


def test_a_wrong_header_is_not_repeated(monkeypatch):
    monkeypatch.setenv("OMNI_HEADERS", "x-token=top-secret,host=x")
    with pytest.raises(BadSetting, match="OMNI_HEADERS cannot be used") as raised:
        load_settings()
    assert "top-secret" not in str(raised.value)


def test_private_by_default_and_open_on_a_space(monkeypatch):
    here = load_settings()
    assert (here.listen, here.port, here.public) == ("127.0.0.1", 7860, False)
    assert here.addresses_shown
    assert here.own_servers_allowed
    monkeypatch.setenv("SPACE_ID", "someone/omni-ui")
    there = load_settings()
    assert (there.listen, there.public) == ("0.0.0.0", True)
    assert not there.addresses_shown
    assert not there.own_servers_allowed


def test_a_tab_may_have_a_server_of_its_own(monkeypatch):
    monkeypatch.setenv("OMNI_BASE_URL", "http://common:8091")
    monkeypatch.setenv("OMNI_API_KEY", "common-key")
    monkeypatch.setenv("OMNI_IMAGE_URL", "http://pictures:8091")
    settings = load_settings()
    assert settings.server_for("chat") == ("http://common:8091", "common-key", None)
    assert settings.server_for("image") == ("http://pictures:8091", None, None), "a key goes to its own server only"


@pytest.mark.parametrize(
    ("values", "public"),
    [
        ({}, False),
        ({"OMNI_HOST": "127.0.0.1"}, False),
        ({"OMNI_HOST": "127.8.9.1"}, False),
        ({"OMNI_HOST": "::1"}, False),
        ({"OMNI_HOST": "localhost"}, False),
        ({"OMNI_HOST": "0.0.0.0"}, True),
        ({"OMNI_HOST": "::"}, True),
        ({"OMNI_HOST": "192.168.1.5"}, True),
        ({"OMNI_HOST": "my-machine"}, True),
        ({"OMNI_HOST": "0.0.0.0", "OMNI_PUBLIC": "false"}, False),
        ({"OMNI_PUBLIC": "true"}, True),
        ({"SPACE_ID": "a/b", "OMNI_HOST": "127.0.0.1"}, True),
        ({"SPACE_ID": "a/b", "OMNI_PUBLIC": "false"}, False),
    ],
)
def test_a_page_is_public_where_others_can_reach_it_unless_its_host_says_otherwise(monkeypatch, values, public):
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.public is public
    assert settings.expert_fields is not public
    assert settings.addresses_shown is not public
    assert settings.own_servers_allowed is not public
    assert settings.keep_seconds == (86400 if public else None)
    assert settings.room == (10 * 10**9 if public else None)


def test_the_host_lets_visitors_of_a_public_page_send_json_and_names_loras(monkeypatch):
    monkeypatch.setenv("OMNI_PUBLIC", "true")
    monkeypatch.setenv("OMNI_EXPERT", "true")
    monkeypatch.setenv("OMNI_LORAS", "style=/adapters/style, ink=/adapters/ink")
    settings = load_settings()
    assert settings.expert_fields
    assert settings.named_loras == {"style": "/adapters/style", "ink": "/adapters/ink"}


def test_the_password_of_the_database_is_never_repeated(monkeypatch):
    monkeypatch.setenv("OMNI_DATABASE_URL", "postgresql://omni:a-password@host/omni")
    assert "a-password" not in repr(load_settings())
    monkeypatch.setenv("OMNI_DATABASE_URL", "postgresql://omni:a-password@host")
    with pytest.raises(BadSetting) as raised:
        load_settings()
    assert "a-password" not in str(raised.value)


def test_a_bucket_is_read_and_its_secret_is_never_shown(monkeypatch):
    monkeypatch.setenv("OMNI_FILES_URL", "s3://results/omni/ui/")
    monkeypatch.setenv("OMNI_FILES_ENDPOINT", "http://minio:9000")
    monkeypatch.setenv("OMNI_FILES_ACCESS_KEY", "key")
    monkeypatch.setenv("OMNI_FILES_SECRET_KEY", "top-secret")
    settings = load_settings()
    bucket = settings.bucket
    assert bucket is not None
    assert (bucket.name, bucket.prefix, bucket.endpoint) == ("results", "omni/ui", "http://minio:9000")
    assert bucket.room == 5 * 10**9
    assert "top-secret" not in f"{settings!r} {bucket!r}"


def test_without_its_package_a_bucket_is_refused(monkeypatch):
    monkeypatch.setattr("omni_ui.settings_files.find_spec", lambda name: None)
    monkeypatch.setenv("OMNI_FILES_URL", "s3://results")
    with pytest.raises(BadSetting, match=r"omni-ui\[cluster\]"):
        load_settings()
