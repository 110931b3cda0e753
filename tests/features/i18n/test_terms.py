"""One name for one thing: what the texts of the page are not to say, and what they say in its place."""

import re

import pytest

from omni_ui.features.i18n.languages import languages

TEXTS = next(language for language in languages() if language.code == "zh-CN").texts
ENGLISH = {
    "time-out": "timeout",
    "made anew": "regenerated",
    "not here any more": "no longer available",
    "not there any more": "no longer available",
    "exclude each other": "use either … or …",
    "nobody knows": "it is unknown",
    "for models that can": "if the model supports it",
    "was named for": "is set for",
}
CHINESE = {
    "您": "你",
    "选项卡": "标签页",
    "随机种子": "种子",
    "推理步数": "步数",
    "参考录音": "参考音频",
    "负面提示词": "反向提示词",
    "部署者": "管理员",
    "主机方": "管理员",
}


@pytest.mark.parametrize(("word", "better"), ENGLISH.items())
def test_english_texts_use_the_agreed_words(word: str, better: str):
    found = [key for key in TEXTS if re.search(rf"\b{re.escape(word)}\b", key)]
    assert not found, f"write “{better}”: {found}"


@pytest.mark.parametrize(("word", "better"), CHINESE.items())
def test_chinese_texts_use_the_agreed_words(word: str, better: str):
    found = [shown for shown in TEXTS.values() if word in shown]
    assert not found, f"write “{better}”: {found}"
