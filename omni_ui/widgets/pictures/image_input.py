"""A field for pictures: chosen, dropped or pasted; seen small, put in order, removed one by one; looked at on arrival.

The browser's half is omni_ui/widgets/pictures/image_input.js, and brush.js beside it for a mask that is painted.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import gradio as gr
from gradio.data_classes import ListFiles

from omni_ui.client import Request, ui_option
from omni_ui.core.files import FileRefused, Json, own_path
from omni_ui.core.invalid import Invalid
from omni_ui.core.scripts import mounted
from omni_ui.core.templates import render
from omni_ui.media.image_input import take_picture
from omni_ui.widgets.component_class import ComponentClass
from omni_ui.widgets.components import FileHTML
from omni_ui.widgets.fields import Control, holds
from omni_ui.widgets.form import Form

Most = Callable[[str | None], Awaitable[int | None]]
HasSettings = Callable[[str], Awaitable[bool]]


class PictureField(FileHTML, metaclass=ComponentClass):
    """A field for one picture. Its value is a list of file data, in the API one file: `paths_of` reads both."""


class PicturesField(PictureField, metaclass=ComponentClass):
    """A field for several pictures."""

    def api_info(self) -> Json:
        """Gradio's description of a list of files."""
        return ListFiles.model_json_schema()


def picture_field(
    *,
    label: str,
    info: str = "",
    several: bool = False,
    elem_id: str,
    paint_over: str | None = None,
    whole_tab: bool = False,
    **more: Any,
) -> PictureField:
    """A list of Gradio's file data, one entry at most unless `several`; `paths_of` reads it, `shown` makes an entry.

    (Its script gets its settings as text: whenever a handler skips it, Gradio makes it anew for that session and drops
    its properties in the page.)
    paint_over: the elem_id of the field whose first picture a mask may be painted over. whole_tab: whether it takes
    what is dropped anywhere on its tab.
    """
    choose = "Choose, drop or paste pictures" if several else "Choose, drop or paste a picture"
    html = render(
        "widgets/pictures/image_input.html.jinja",
        label=label, info=info, several=several, elem_id=elem_id, paint_over=paint_over, choose=choose,
    )  # fmt: skip
    field = PicturesField if several else PictureField
    return field(
        None, label=label, elem_id=elem_id,
        **mounted(html, "image_input", several=several, paintOver=paint_over, wholeTab=whole_tab), **more,
    )  # fmt: skip


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def paths_of(value: object, field: str) -> list[str]:
    """The paths of what the browser or a program sent: none but uploaded files, whatever a request says.

    Raises Invalid for `field` for anything else.
    """
    paths = []
    for entry in _as_list(value):
        path = entry.get("path") if isinstance(entry, dict) else entry
        path = path if isinstance(path, str) else ""
        try:
            own_path(path)
        except FileRefused:
            raise Invalid.because(field, "Upload the picture before using it.") from None
        paths.append(path)
    return paths


class PictureForm(Form):
    """A form whose pictures have fields of this kind.

    mask: the name of the field that may be painted, and that of the one it is painted over.
    most: how many pictures a field's model takes in a session, None when there is no limit; asked at each look.
    whole_tab: the field that takes what is dropped anywhere on the tab. has_settings: whether a file holds the settings
    it was made with; that is offered.
    """

    def __init__(
        self,
        model: type[Request],
        mask: tuple[str, str] | None = None,
        most: Most | None = None,
        whole_tab: str = "",
        has_settings: HasSettings | None = None,
    ) -> None:
        super().__init__(model)
        self.whole_tab = whole_tab
        self.has_settings = has_settings
        self.mask = mask
        self.most = most
        self.pictures: list[str] = []

    def add(self, name: str, **more: object) -> Control:
        field = self.model.model_fields[name]
        if ui_option(field, "kind") != "image":
            return super().add(name, **more)
        over = f"{self.prefix}-{self.mask[1]}" if self.mask and name == self.mask[0] else None
        picture = picture_field(
            label=field.title or name,
            info=field.description or "",
            several=holds(field, list),
            elem_id=f"{self.prefix}-{name}",
            paint_over=over,
            whole_tab=name == self.whole_tab,
            **more,
        )
        # What was seen is told by a second component: an answer to this one would overwrite what came since.
        looked = gr.HTML(None, elem_id=f"{self.prefix}-{name}-seen", visible="hidden", **mounted("", "image_checks"))
        picture.change(
            self._look(name),
            picture,
            looked,
            queue=False,
            show_progress="hidden",
            api_visibility="private",
            trigger_mode="always_last",
        )
        self.controls[name] = picture
        self.pictures.append(name)
        return picture

    def read(self, entered: Json) -> Request:
        """As every form does, with the paths of the pictures."""
        paths = {name: paths_of(entered.get(name), name) for name in self.pictures}
        lone = {
            name: values if holds(self.model.model_fields[name], list) else "".join(values[:1])
            for name, values in paths.items()
        }
        return super().read(entered | lone)

    def _look(self, name: str) -> Callable[..., Awaitable[Json]]:
        async def look(value: object, request: gr.Request) -> Json:
            """What was seen in each picture; the field shows it before anything is sent."""
            paths = paths_of(value, name)
            most = await self.most(request.session_hash) if self.most and len(paths) > 1 else None
            return {"most": most, "seen": [await self._seen(path, name) for path in paths]}

        return look

    async def _seen(self, path: str, name: str) -> dict[str, object]:
        look = await seen(path, name)
        if name == self.whole_tab and self.has_settings and "wrong" not in look:
            look["settings"] = await self.has_settings(path)
        return look


async def seen(path: str, name: str) -> Json:
    """What a field shows of one picture: `wrong`, or the size, the note and the file that will be sent."""
    try:
        taken = await take_picture(path, name)
    except Invalid as wrong:
        return {"of": path, "wrong": str(wrong)}
    return {
        "of": path, "path": str(taken.path), "width": taken.width, "height": taken.height, "note": taken.note
    }  # fmt: skip
