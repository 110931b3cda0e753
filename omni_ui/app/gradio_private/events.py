"""The page, with its own ways through an event: whose it is, which files it may name, and what its values cost.

With every update of a run Gradio builds anew each component that the update leaves as it is, and it changes the thread
for each plain value that it takes in.
"""

import inspect
from collections.abc import Callable
from copy import copy
from functools import cached_property
from typing import Any, cast

import gradio as gr
from gradio import processing_utils
from gradio.block_function import BlockFunction
from gradio.blocks import Block
from gradio.data_classes import FileData, GradioModel, GradioRootModel
from gradio.route_utils import API_PREFIX
from gradio.state_holder import SessionState
from gradio_client.utils import encode_file_path
from pydantic import ValidationError

from omni_ui.app.gradio_private.page_parts import LateParts, mount_tab
from omni_ui.core.files import FileRefused, is_file_object, own_path
from omni_ui.core.visitor import REQUEST_VISITOR, is_page, visitor_of
from omni_ui.features.i18n.languages import marks_as_text
from omni_ui.widgets.components import reads_at_once


class Page(gr.Blocks):
    """What Gradio mounts. `own_files_only` completes it."""

    async def process_api(self, *args: Any, **more: Any) -> dict[str, object]:
        """Before and after a handler, too, it is known whose event it is: Gradio tells that to the handler alone."""
        arguments = inspect.signature(super().process_api).bind(*args, **more).arguments if args else more
        request = arguments.get("request")
        # Gradio's own request makes objects of all cookies each time that it is asked for them.
        visitor = visitor_of(request.request or request) if isinstance(request, gr.Request) else None
        token = REQUEST_VISITOR.set(visitor)
        try:
            result = await super().process_api(*args, **more)
        except ValidationError as wrong:  # an object that only half looks like a file, or no list of files
            if wrong.title != "ListFiles" and "FileData" not in str(wrong):
                raise
            raise gr.Error(str(FileRefused()), print_exception=False) from None
        finally:
            REQUEST_VISITOR.reset(token)
        result["data"] = [marks_as_text(value) for value in result["data"]]
        if arguments.get("iterator") and not result["is_generating"] and is_page(request):
            result["data"] = [gr.skip()] * len(result["data"])  # it was sent already
        if arguments.get("simple_format"):  # plain HTTP: the API is described without states, and Gradio takes none in
            sent = zip(arguments["block_fn"].outputs, result["data"], strict=True)
            result["data"] = [value for output, value in sent if not output.skip_api]
        if getattr(arguments["block_fn"], "fn", None) is mount_tab:
            result.update(await self._late_parts.answer(arguments["inputs"]))
        return result

    @cached_property
    def _late_parts(self) -> LateParts:
        return LateParts(self)

    async def preprocess_data(
        self, block_fn: BlockFunction, inputs: list[object], state: SessionState | None, explicit_call: bool = False
    ) -> list[object]:
        """Takes in plain values without changing the thread for each."""
        blocks, whole = block_fn.inputs, super().preprocess_data
        if len(inputs) < len(blocks):  # Gradio would tell of its objects, and write what the visitor sent into the log
            sentence = f"This takes {len(blocks)} values, but only {len(inputs)} were sent."
            raise gr.Error(sentence, print_exception=False)
        if state is None or not block_fn.preprocess or block_fn.component_prop_inputs or len(inputs) != len(blocks):
            usual: list[object] = await whole(block_fn, inputs, state, explicit_call)
            return usual
        slow = [place for place, block in enumerate(blocks) if not reads_at_once(block)]
        others = copy(block_fn)
        others.inputs = [blocks[place] for place in slow]
        results = await whole(others, [inputs[place] for place in slow], state, explicit_call) if slow else []
        values = dict(zip(slow, results, strict=True))
        move = processing_utils.async_move_files_to_cache
        try:
            for place in sorted(set(range(len(blocks))) - set(slow)):
                component, value = cast(gr.components.Component, blocks[place]), inputs[place]
                if isinstance(value, (dict, list)):  # which may hold a file
                    value = await move(value, component, check_in_upload_folder=not explicit_call)
                values[place] = state[component._id].preprocess(value)
        except (gr.Error, TypeError, ValueError):  # Gradio's own way says what is wrong
            usual = await whole(block_fn, inputs, state, explicit_call)
            return usual
        return [values[place] for place in range(len(blocks))]

    async def postprocess_data(
        self, block_fn: BlockFunction, predictions: list[object] | dict[Block, Any], state: SessionState | None
    ) -> list[object]:
        """Outputs that an update (a dict by component) does not name cost nothing.

        Gradio takes them for updates without any property, and makes a new component for each.
        """
        outputs, whole = block_fn.outputs, super().postprocess_data
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


def own_files_only(page: gr.Blocks) -> None:
    """Whatever goes into an event or comes out of one may be a file of that visitor's, and nothing else.

    Gradio looks at paths only once `has_launched` is set, which mounting does not do, and even then lets outputs name
    any file of the working directory and of the temporary folder, and any address. AttributeError when it has changed.
    """
    if not {"block_fn", "inputs", "request"} <= _parameters(gr.Blocks.process_api):
        raise AttributeError("process_api")
    if _parameters(gr.Blocks.preprocess_data) != _parameters(Page.preprocess_data):
        raise AttributeError("preprocess_data")
    if _parameters(gr.Blocks.postprocess_data) != _parameters(Page.postprocess_data):
        raise AttributeError("postprocess_data")
    if not hasattr(page, "has_launched"):
        raise AttributeError("has_launched")
    page.has_launched = True
    whole = processing_utils.async_move_files_to_cache
    if getattr(whole, "checks_owner", False):
        return
    if list(inspect.signature(whole).parameters)[:3] != ["data", "block", "postprocess"]:
        raise AttributeError("async_move_files_to_cache")

    async def move(data: object, block: Any, postprocess: bool = False, *rest: Any, **more: Any) -> Any:
        if data is None or isinstance(data, (str, int, float)):  # which Gradio hands on as it is
            return data
        if isinstance(data, (GradioModel, GradioRootModel)):
            data = data.model_dump()
        # Of an output Gradio would ask six times where the file lies, and keep its path for as long as the app lives.
        checked = checked_files(data, with_address=postprocess)
        return checked if postprocess else await whole(checked, block, postprocess, *rest, **more)

    vars(move)["checks_owner"] = True
    processing_utils.async_move_files_to_cache = move


def _parameters(method: Callable[..., object]) -> set[str]:
    return set(inspect.signature(method).parameters)


def checked_files(data: object, with_address: bool = False) -> object:
    """The data of an event. gr.Error for a file that is not the visitor's.

    with_address: its files as Gradio shows them to a page; else without an address.
    """
    if isinstance(data, dict):
        if "meta" in data and "path" in data:
            try:
                if not is_file_object(data) or not isinstance(data["path"], str):
                    raise FileRefused
                own_path(data["path"])
            except FileRefused as refused:
                raise gr.Error(str(refused), print_exception=False) from None
            return _with_address(data) if with_address else {**data, "url": None}
        return {name: checked_files(value, with_address) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [checked_files(value, with_address) for value in data]
    return data


def _with_address(data: dict[str, object]) -> dict[str, object]:
    file = FileData.model_validate(data)
    file.url = f"{API_PREFIX}/file={encode_file_path(file.path)}"
    described: dict[str, object] = file.model_dump()
    return described
