"""Each language has every text of the page, and nothing else: found by reading the sources and the built page."""

import re
from pathlib import Path

import gradio
import pytest
from gradio.i18n import I18nData

from omni_ui.app.factory import create_app
from omni_ui.client import (
    ChatRequest,
    EditRequest,
    ImageRequest,
    SoundRequest,
    SpeechRequest,
    VideoRequest,
    VoiceUpload,
)
from omni_ui.features.i18n import languages as languages_module
from omni_ui.features.i18n.languages import Language, languages
from omni_ui.settings import Settings
from tests import texts

LANGUAGES = pytest.mark.parametrize("language", languages(), ids=lambda one: one.code)
STAYS = {
    line
    for line in (Path(__file__).parents[2] / "not_translated.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("# ")
}

KEYS = {"Enter", "Esc", "Escape"}
"""Of the keyboard."""
SAME = {"Omni UI", "px", "LoRA", "Top p", "Top k", "http://host:8091", '{"name": 1}'}
"""What components show that is the same in every language."""
REQUESTS = [ChatRequest, ImageRequest, EditRequest, SpeechRequest, SoundRequest, VideoRequest, VoiceUpload]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    app = create_app(Settings(data_dir=str(tmp_path_factory.mktemp("data"))))
    return next(route.app.blocks for route in app.routes if hasattr(getattr(route, "app", None), "blocks"))


@pytest.fixture(scope="module")
def found() -> set[str]:
    return {key for path in texts.sources() for key in texts.texts(path)}


def drawn(page) -> set[str]:
    """The English texts of the page's components."""
    seen = set()
    for block in page.blocks.values():
        shown = [getattr(block, name, None) for name in ("label", "info", "placeholder")]
        shown += [block.value] if block.get_block_name() == "button" else []
        if getattr(block, "visible", True):
            seen |= {one.key.removeprefix("omni:") if isinstance(one, I18nData) else one for one in shown if one}
    return {one for one in seen if isinstance(one, str)}


@LANGUAGES
def test_every_sentence_of_the_sources_is_translated(language: Language, found: set[str]):
    missing = {key for key in found if texts.is_sentence(key)} - language.texts.keys() - STAYS
    assert not missing, f"{language.code}.json has no text for:\n" + "\n".join(sorted(missing))


@LANGUAGES
def test_every_word_of_markup_and_scripts_is_translated(language: Language):
    missing = {key for path in texts.sources() for key in texts.words(path)} - language.texts.keys() - STAYS
    assert not missing - SAME - KEYS, f"{language.code}.json has no text for:\n" + "\n".join(sorted(missing))


@LANGUAGES
def test_every_label_of_a_result_is_translated(language: Language):
    """Such as "speech" in "speech 2.0 s", which is no sentence."""
    label = re.compile(r'(?:facts(?:\.append\(| \+?= \[)|done\(\[|return \[)\("([a-z][a-z -]+)", (?:f"|str\()')
    sources = (path.read_text(encoding="utf-8") for path in texts.sources() if path.suffix == ".py")
    labels = {name for source in sources for name in label.findall(source)}
    assert {"speech", "first sound"} <= labels
    assert not labels - {"note"} - language.texts.keys()  # a note has no label before it


@LANGUAGES
def test_every_text_of_a_component_is_translated(language: Language, page):
    made = [texts.fitting(key) for key in language.texts if re.search(r"\{\d", key) and re.search("[a-z]{3}", key)]
    missing = {one for one in drawn(page) - language.texts.keys() - SAME if not any(m.fullmatch(one) for m in made)}
    assert not missing, f"{language.code}.json has no text for:\n" + "\n".join(sorted(missing))


@LANGUAGES
def test_every_title_of_a_field_is_translated(language: Language):
    """They stand in sentences too, such as "Inference steps must be …"."""
    titles = {info.title for model in REQUESTS for info in model.model_fields.values() if info.title}
    assert not titles - language.texts.keys() - SAME


@LANGUAGES
def test_no_text_is_left_over(language: Language, found: set[str], page):
    unused = language.texts.keys() - found - drawn(page)
    assert not unused, f"{language.code}.json has texts that the page has no more:\n" + "\n".join(sorted(unused))


@LANGUAGES
def test_what_changes_in_a_text_has_its_place_in_the_translation(language: Language):
    gaps = re.compile(r"\{\d+\}")
    for key, shown in language.texts.items():
        assert set(gaps.findall(shown)) <= set(gaps.findall(key)), key
        assert shown.strip(), key


def test_what_stays_in_english_is_still_in_the_sources(found: set[str]):
    assert not STAYS - found


def test_programs_get_the_labels_in_english(page):
    told = page.get_api_info()["named_endpoints"]["/image"]["parameters"]
    labels = {one["parameter_name"]: one["label"] for one in told}
    assert labels["prompt"] == "Prompt"
    assert labels["num_inference_steps"] == "Inference steps"


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ('f"The voice {name} is saved."', "The voice {1} is saved."),
        ("f\"<p class='a'>Part {a} of {b}</p>\"", "Part {1} of {2}"),
        ('"One " + name + " more."', "One {1} more."),
        ('"Send {0} to {1}."', "Send {1} to {2}."),
    ],
)
def test_texts_are_found_in_python(tmp_path: Path, source: str, key: str):
    (tmp_path / "a.py").write_text(f'"""Not this."""\nsaid = {source}\n')
    assert key in texts.texts(tmp_path / "a.py")
    assert not any("Not this" in one for one in texts.texts(tmp_path / "a.py"))


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ("say(`Your results take ${room(told.mine)}.`)", "Your results take {1}."),
        ('say("It broke off; " + "try again.")', "It broke off; try again."),
        ('say(/"/.test(a) ? "Yes, it is." : `No: ${b ? `inner ${c}` : ""}`)', "Yes, it is."),
        ('// "No text"\nbox.innerHTML = `<button title="Close this">${x}</button>`', "Close this"),
    ],
)
def test_texts_are_found_in_scripts(tmp_path: Path, source: str, key: str):
    (tmp_path / "a.js").write_text(source)
    assert key in texts.texts(tmp_path / "a.js")
    assert "No text" not in texts.texts(tmp_path / "a.js")


def test_single_words_are_found_in_markup_and_in_scripts(tmp_path: Path):
    (tmp_path / "a.py").write_text('made = f\'<b title="Close">Saved</b><i class="omni-x">{one}</i>\'\n')
    (tmp_path / "a.js").write_text('make("b", { class: "omni-x" }, on ? "Stop" : `Page ${n}`)')
    assert texts.words(tmp_path / "a.py") == {"Close", "Saved"}
    assert texts.words(tmp_path / "a.js") == {"Stop", "Page {1}"}


@LANGUAGES
def test_what_gradio_draws_has_the_words_that_gradio_gives_it(language: Language):
    """So that the English of what it has drawn is found when another language is chosen."""
    ours = (Path(languages_module.__file__).parent / "gradio_words.js").read_text(encoding="utf-8")
    words = re.findall(r'"([A-Z][^"/.]+)"', ours)
    (file,) = (Path(gradio.__file__).parent / "templates/frontend/assets").glob(f"{language.code}-*.js")
    gradios = file.read_text(encoding="utf-8")
    assert len(words) > 3
    assert [word for word in words if f"`{language.texts[word]}`" not in gradios] == []
