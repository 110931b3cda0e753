"""Components of ours are Gradio's own to the page and to programs, with other methods."""

import json
import subprocess
import sys

import gradio as gr
import pytest
from gradio.blocks import Block
from gradio.component_meta import ComponentMeta, create_or_modify_pyi
from gradio.data_classes import FileData

from omni_ui.widgets.component_class import ComponentClass
from omni_ui.widgets.components import (
    FileHTML,
    FreeCheckboxGroup,
    FreeDropdown,
    JsonText,
    ObjectCarrier,
    ObjectField,
    ObjectHTML,
    ValueHTML,
    shows_as_is,
)
from omni_ui.widgets.fields import IntegerField, NumberField

DRAWN_AS = {
    ValueHTML: gr.HTML, ObjectHTML: gr.HTML, ObjectField: gr.HTML, FileHTML: gr.HTML, ObjectCarrier: gr.HTML,
    NumberField: gr.HTML, IntegerField: gr.HTML, FreeDropdown: gr.Dropdown, FreeCheckboxGroup: gr.CheckboxGroup,
    JsonText: gr.Textbox,
}  # fmt: skip


@pytest.mark.parametrize("ours", DRAWN_AS, ids=lambda ours: ours.__name__)
def test_the_page_and_programs_know_it_as_gradios(ours):
    gradios = DRAWN_AS[ours]()
    assert ours().get_block_name() == gradios.get_block_name()
    assert ours().get_block_class() == gradios.get_block_class()
    names = {"component_class_name", "value"}  # the first is for messages to whoever writes a component
    described = {name: value for name, value in ours().get_config().items() if name not in names}
    assert described == {name: value for name, value in gradios.get_config().items() if name not in names}


def test_gradio_still_writes_stubs_and_ours_come_without_them(tmp_path):
    """When the first part fails, Gradio has become better, and the metaclass can go."""
    assert create_or_modify_pyi.__name__ in ComponentMeta.__new__.__code__.co_names
    (tmp_path / "gradios.py").write_text("import gradio as gr\n\n\nclass Plain(gr.HTML):\n    pass\n")
    (tmp_path / "ours.py").write_text(
        "import gradio as gr\nfrom omni_ui.widgets.component_class import ComponentClass\n\n\n"
        "class Plain(gr.HTML, metaclass=ComponentClass):\n    pass\n"
    )
    code = "import sys; sys.path.insert(0, sys.argv[1]); import gradios, ours"
    subprocess.run([sys.executable, "-c", code, tmp_path], check=True)
    assert (tmp_path / "gradios.pyi").exists()
    assert not (tmp_path / "ours.pyi").exists()


@pytest.mark.parametrize("own", [{"__init__": lambda self: None}, {"EVENTS": []}], ids=lambda own: next(iter(own)))
def test_a_class_with_a_constructor_or_events_of_its_own_is_refused(own):
    with pytest.raises(TypeError, match="Wrong must take"):
        ComponentClass("Wrong", (gr.HTML,), own)


def test_gradio_builds_it_anew_as_what_it_is():
    """As it does for one session when a handler changes a property: the choices of a dropdown, for example."""
    dropdown = FreeDropdown(["a"], label="Voice", allow_custom_value=True)
    anew = type(dropdown)(**dropdown.constructor_args | {"choices": ["b"], "render": False})
    assert type(anew) is FreeDropdown
    assert anew.preprocess("c") == "c"
    assert isinstance(dropdown, Block)


def test_values_are_handed_on_as_they_are():
    for component in (ValueHTML(), NumberField(), ObjectField(), FreeDropdown(), FreeCheckboxGroup(), JsonText()):
        for value in (None, "", 0, 1.5, "<b>", ["none of the choices"], {"name": 1}):
            assert component.preprocess(value) == value
            assert component.postprocess(value) == value


def test_a_carrier_carries_objects_only():
    carrier = ObjectCarrier()
    for convert in (carrier.preprocess, carrier.postprocess):
        assert convert({"do": "open"}) == {"do": "open"}
        assert [convert(value) for value in (None, "text", 1, ["list"])] == [None] * 4


def test_the_api_says_what_a_value_is():
    assert NumberField(2.5).api_info() == {"type": "number"}
    assert IntegerField(3).api_info() == {"type": "integer"}
    assert IntegerField(3).example_payload() == IntegerField(3).example_value() == 3
    assert ObjectHTML().api_info() == ObjectField().api_info() == {"type": "object"}
    assert FileHTML().api_info() == FileData.model_json_schema()
    assert FileHTML().example_payload() is None
    json.dumps(FileHTML().api_info())


def test_what_gradio_would_only_hand_on_needs_no_preparation():
    assert all(map(shows_as_is, (gr.HTML(), gr.JSON(), ObjectHTML(), FileHTML())))
    assert not any(map(shows_as_is, (gr.Textbox(), gr.Video(), ValueHTML(), ObjectCarrier(), FreeDropdown())))
