import pytest

from omni_ui.features.recipes import download_name


@pytest.mark.parametrize(
    ("request_fields", "name", "expected"),
    [
        ({"prompt": "A red fox", "seed": 7}, "picture.png", "A-red-fox-7.png"),
        ({"prompt": "A red fox", "seed": 0}, "picture-2.png", "A-red-fox-0-2.png"),
        ({"input": "Hello, there!"}, "speech-unfinished.wav", "Hello-there-unfinished.wav"),
        ({"prompt": "雪中的红狐", "seed": 7}, "picture.png", "雪中的红狐-7.png"),
        ({"prompt": '../../etc/passwd\r\n"; <b>\x00_', "seed": 1}, "picture.png", "etc-passwd-b-1.png"),
        ({"prompt": " ... "}, "picture.png", "picture.png"),
        ({"messages": [{"role": "user"}]}, "answer.wav", "answer.wav"),
        ({"prompt": None, "input": "rain"}, "sound.wav", "rain.wav"),
    ],
)
def test_a_download_is_named_after_its_prompt_and_seed(request_fields, name, expected):
    assert download_name(request_fields, name) == expected


@pytest.mark.parametrize("prompt", ["word " * 10_000, "x" * 10_000, "雪" * 10_000, "a-b " + "y" * 300])
def test_a_long_prompt_is_cut_between_words_where_it_has_some(prompt):
    name = download_name({"prompt": prompt, "seed": 2**63 - 1}, "picture-10.png")
    assert len(name) <= 60
    assert name.endswith(f"-{2**63 - 1}-10.png")
    assert not name.startswith("-")
    if prompt.startswith("word"):
        assert set(name.split("-")[:-2]) == {"word"}
