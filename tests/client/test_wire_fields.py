"""Every field of the newest schema is offered, left to programs, or not sent for a reason: docs/fields.md."""

import pytest

from omni_ui.client import ui_option
from tests.wire_fields import FIELDS, MODELS, PAGE, listed, page, rows
from tests.wire_fields.reasons import LEFT_TO_PROGRAMS, NOT_SENT, SENT_OTHERWISE


@pytest.mark.parametrize("path", MODELS)
def test_every_field_of_the_schema_was_decided_on(path: str) -> None:
    undecided = [row.name for row in rows(path, listed()[path]) if not row.state or not row.words]
    assert not undecided, f"add them to the request model, or to tests/wire_fields/reasons.py: {undecided}"


@pytest.mark.parametrize("path", MODELS)
def test_every_field_that_is_sent_is_in_the_schema(path: str) -> None:
    model = MODELS[path]
    own = {name for name in model.model_fields if name in model.own}
    assert set(model.model_fields) - own <= set(listed()[path])


def test_no_reason_is_left_over() -> None:
    there = {(path, name) for path, names in listed().items() for name in names}
    anywhere = {("", name) for _, name in there}
    assert set(NOT_SENT) <= there | anywhere
    assert set(SENT_OTHERWISE) | set(LEFT_TO_PROGRAMS) <= there
    offered = {
        (path, name)
        for path, model in MODELS.items()
        for name, info in model.model_fields.items()
        if ui_option(info, "place") != "hidden"
    }
    assert not offered & (set(NOT_SENT) | set(LEFT_TO_PROGRAMS))


def test_the_page_of_fields_is_the_one_that_is_made() -> None:
    assert PAGE.read_text() == page(), "python -m tests.wire_fields"
    assert FIELDS.stem.removeprefix("fields-") in page()
