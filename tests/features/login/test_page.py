"""The sign-in page in the language that the browser asks for."""

import pytest

from omni_ui.features.login.page import language_for, sign_in_page, translated


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"), ("zh", "zh-CN"), ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("en;q=0.3, zh-TW;q=0.7", "zh-CN"), ("de-DE,de;q=0.9", "en"), ("de, zh;q=0.5", "zh-CN"),
        (";q=,*,,zh;q=x", "en"), ("zh-CN;q=0", "en"),
    ],
)  # fmt: skip
def test_the_language_is_the_one_that_the_browser_likes_best(header, code):
    assert language_for(header) == code


def shown(language, problem="", accounts=True, hugging_face=True):
    answer = sign_in_page(
        language, "/omni/login", '/?a="><b>{or}', problem, 200, accounts=accounts, hugging_face=hugging_face
    )
    return answer.body.decode()


def test_all_of_it_is_translated():
    page = shown("zh-CN", "Too many attempts: wait 8 s and try again.")
    assert '<html lang="zh-CN">' in page
    assert "尝试次数过多：请等待 8 秒后再试。" in page
    for english in ("Sign in", "Password", "Too many"):
        assert english not in page
    assert "使用 Hugging Face 登录" in page


def test_what_a_visitor_sent_is_no_markup_and_no_placeholder():
    page = shown("en", "<i>{name}</i>")
    assert "<b>" not in page
    assert "<i>" not in page
    assert "next=%2F%3Fa%3D%22%3E%3Cb%3E%7Bor%7D" in page
    assert "&lt;i&gt;{name}&lt;/i&gt;" in page


def test_only_the_ways_that_the_host_asked_for_are_offered():
    assert "password" not in shown("en", accounts=False)
    assert "huggingface" not in shown("en", hugging_face=False)


def test_a_sentence_without_a_translation_stays():
    assert translated("Something else 3.", {}) == "Something else 3."
