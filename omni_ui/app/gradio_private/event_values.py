"""The values of an event: how Gradio takes in what was entered, and makes ready what a handler gives.

With every update of a run Gradio builds anew each component that the update leaves as it is, and it changes the thread
for each plain value that it takes in.
"""

import inspect
from collections.abc import Awaitable, Callable
from copy import copy
from typing import Any, cast

import gradio as gr
from gradio import processing_utils
from gradio.state_holder import SessionState

from omni_ui.widgets.components import HasInputs, reads_at_once


def skip_cheaply(page: gr.Blocks) -> None:
    """Outputs that an update (a dict by component) does not name cost nothing. AttributeError when Gradio has changed.

    Gradio takes them for updates without any property, and makes a new component for each.
    """
    whole: Callable[..., Awaitable[list[Any]]] = page.postprocess_data
    if list(inspect.signature(whole).parameters) != ["block_fn", "predictions", "state"]:
        raise AttributeError("postprocess_data")

    async def postprocess_data(block_fn: Any, predictions: Any, state: Any) -> list[Any]:
        outputs = block_fn.outputs
        if len(outputs) < 2 or not isinstance(predictions, dict) or not set(predictions) <= set(outputs):
            return await whole(block_fn, predictions, state)
        updated = [block for block in outputs if block in predictions and predictions[block] != gr.skip()]
        shorter = copy(block_fn)
        shorter.outputs = updated
        # Of a single output Gradio takes the value itself.
        values = predictions[updated[0]] if len(updated) == 1 else {block: predictions[block] for block in updated}
        results = await whole(shorter, values, state) if updated else []
        by_block = dict(zip(updated, results, strict=True))
        return [
            by_block[output] if output in by_block else None if output.stateful else gr.skip() for output in outputs
        ]

    page.postprocess_data = postprocess_data  # type: ignore[method-assign]


def prepare_cheaply(page: gr.Blocks) -> None:
    """Takes in plain values without changing the thread for each. AttributeError when Gradio has changed."""
    whole: Callable[..., Awaitable[list[object]]] = page.preprocess_data
    if list(inspect.signature(whole).parameters) != ["block_fn", "inputs", "state", "explicit_call"]:
        raise AttributeError("preprocess_data")

    async def preprocess_data(
        block_fn: HasInputs, inputs: list[object], state: SessionState | None, explicit_call: bool = False
    ) -> list[object]:
        blocks = block_fn.inputs
        if state is None or not block_fn.preprocess or block_fn.component_prop_inputs or len(inputs) != len(blocks):
            return await whole(block_fn, inputs, state, explicit_call)
        slow = [place for place, block in enumerate(blocks) if not reads_at_once(block)]
        others = copy(block_fn)
        others.inputs = [blocks[place] for place in slow]
        results = await whole(others, [inputs[place] for place in slow], state, explicit_call) if slow else []
        values = dict(zip(slow, results, strict=True))
        move = processing_utils.async_move_files_to_cache
        try:
            for place in sorted(set(range(len(blocks))) - set(slow)):
                component, value = blocks[place], inputs[place]
                if isinstance(value, (dict, list)):  # which may hold a file
                    value = await move(value, component, check_in_upload_folder=not explicit_call)
                values[place] = cast(gr.components.Component, state[component._id]).preprocess(value)
        except (gr.Error, TypeError, ValueError):  # Gradio's own way says what is wrong
            return await whole(block_fn, inputs, state, explicit_call)
        return [values[place] for place in range(len(blocks))]

    vars(page)["preprocess_data"] = preprocess_data
