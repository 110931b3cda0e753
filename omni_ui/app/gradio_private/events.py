"""Whose event is handled, and what goes into it and comes out: files of that visitor's, and the parts of a tab."""

import inspect
from contextvars import ContextVar
from typing import Any, cast

import gradio as gr
from gradio import context, processing_utils
from gradio.data_classes import GradioModel, GradioRootModel
from pydantic import ValidationError

from omni_ui.app.gradio_private.page_parts import LateParts, mount_tab
from omni_ui.core.files import FileRefused, is_file_object, own_path
from omni_ui.core.visitor import REQUEST_VISITOR, EventRequest, HasCookies, is_page, visitor_of
from omni_ui.features.i18n.languages import marks_as_text


def know_visitors() -> None:
    """Lets core/visitor find the request of the event that is handled, where no request is passed."""
    EventRequest.variable = cast("ContextVar[HasCookies | None]", context.LocalContext.request)


def own_files_only(page: gr.Blocks) -> None:
    """Whatever goes into an event or comes out of one may be a file of that visitor's, and nothing else.

    Gradio looks at paths only once `has_launched` is set, which mounting does not do, and even then lets outputs name
    any file of the working directory and of the temporary folder, and any address. AttributeError when it has changed.
    """
    if not hasattr(page, "has_launched"):
        raise AttributeError("has_launched")
    page.has_launched = True
    _tell_visitor(page)
    whole = processing_utils.async_move_files_to_cache
    if getattr(whole, "checks_owner", False):
        return
    if list(inspect.signature(whole).parameters)[:3] != ["data", "block", "postprocess"]:
        raise AttributeError("async_move_files_to_cache")

    async def move(data: Any, block: Any, *rest: Any, **more: Any) -> Any:
        if data is None or isinstance(data, (str, int, float)):  # which Gradio hands on as it is
            return data
        if isinstance(data, (GradioModel, GradioRootModel)):
            data = data.model_dump()
        return await whole(checked_files(data), block, *rest, **more)

    move.checks_owner = True  # type: ignore[attr-defined]
    processing_utils.async_move_files_to_cache = move


def _tell_visitor(page: gr.Blocks) -> None:
    """Before and after a handler, too, it is known whose event it is: Gradio tells that to the handler alone."""
    process = page.process_api
    signature = inspect.signature(process)
    if not {"block_fn", "inputs", "request"} <= set(signature.parameters):
        raise AttributeError("process_api")
    parts = LateParts(page)

    async def process_api(*args: Any, **kwargs: Any) -> Any:
        arguments = signature.bind(*args, **kwargs).arguments if args else kwargs
        request = arguments.get("request")
        # Gradio's own request makes objects of all cookies each time that it is asked for them.
        visitor = visitor_of(request.request or request) if isinstance(request, gr.Request) else None
        token = REQUEST_VISITOR.set(visitor)
        try:
            result = await process(*args, **kwargs)
        except ValidationError as wrong:  # an object that only half looks like a file
            if "FileData" not in str(wrong):
                raise
            raise gr.Error(str(FileRefused()), print_exception=False) from None
        finally:
            REQUEST_VISITOR.reset(token)
        result["data"] = [marks_as_text(value) for value in result["data"]]
        if arguments.get("iterator") and not result["is_generating"] and is_page(request):
            result["data"] = [gr.skip()] * len(result["data"])  # it was sent already
        if getattr(arguments["block_fn"], "fn", None) is mount_tab:
            result.update(await parts.answer(arguments["inputs"]))
        return result

    page.process_api = process_api  # type: ignore[method-assign]


def checked_files(data: Any) -> Any:
    """The data of an event, its files without addresses. gr.Error for a file that is not the visitor's."""
    if isinstance(data, dict):
        if "meta" in data and "path" in data:
            try:
                if not is_file_object(data) or not isinstance(data["path"], str):
                    raise FileRefused
                own_path(data["path"])
            except FileRefused as refused:
                raise gr.Error(str(refused), print_exception=False) from None
            return {**data, "url": None}
        return {name: checked_files(value) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return type(data)(checked_files(value) for value in data) if type(data) in (list, tuple) else data
    return data
