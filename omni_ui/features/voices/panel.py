"""The panel below the Speech tab where voices are saved on the server, tried, and deleted."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import gradio as gr
from markupsafe import Markup

from omni_ui.client import OmniError, SavedVoice, VoiceUpload
from omni_ui.core.backends import Backends
from omni_ui.core.invalid import Invalid
from omni_ui.core.own_voices import is_own, marked, plain_name, without_marked
from omni_ui.core.run import Updates, Values
from omni_ui.core.scripts import call
from omni_ui.core.servers.backend import Backend
from omni_ui.features.speech.fields import voice_list
from omni_ui.features.voices.reference import Reference
from omni_ui.features.voices.voices import CONSENT, Taken, save
from omni_ui.widgets.events import PRIVATE, SILENT, trigger
from omni_ui.widgets.fields import Component
from omni_ui.widgets.form import Form, by_name

Refresh = Callable[[str | None], Awaitable[Updates]]
"""From a session to the updates of everything that lists voices."""
DELETE = "Delete"
SAID = Markup('<div class="omni-status" data-state="{}" role="status"><p>{}</p></div>')
FAILED = Markup('<div class="omni-status" data-state="{}" role="status"><p class="omni-error">{}</p></div>')
NOT_YOURS = "This voice is not yours: only the person who saved it can delete it."
NO_PAGE = "A voice is kept as long as its page is open: save it on the page, or with gradio_client."


def status_html(sentence: str, state: str = "done") -> Markup:
    """What happened, in the panel."""
    return (FAILED if state == "failed" else SAID).format(state, sentence)


class VoicesPanel:
    """Made in the layout that is open. `wire` comes later, when all that lists voices is there."""

    def __init__(self, backends: Backends) -> None:
        self.backends = backends
        form = Form(VoiceUpload, prefix="speech")
        with gr.Accordion(
            "Voices saved on the server", open=False, elem_id="speech-voices", elem_classes="omni-advanced"
        ) as self.fold:
            self.warning = gr.HTML(elem_id="speech-voice-warning", padding=False)
            with gr.Row(elem_classes="omni-voices-row", equal_height=False):
                with gr.Column(min_width=280):
                    self.list = voice_list("speech-voice-list")
                    with gr.Row(elem_classes="omni-repairs"):
                        self.listen = gr.Button("Listen", elem_id="speech-voice-listen", size="sm", min_width=60)
                        self.use = gr.Button("Use for the text", elem_id="speech-voice-use", size="sm", min_width=60)
                        self.delete = gr.Button(DELETE, elem_id="speech-voice-delete", size="sm", min_width=60)
                        self.refresh = gr.Button("Refresh", elem_id="speech-voice-refresh", size="sm", min_width=60)
                with gr.Column(min_width=280):
                    name = form.add("name", elem_id="speech-voice-name", label="Name of the new voice")
                    sample = form.add("audio_sample")
                    text = form.add("ref_text", elem_id="speech-voice-ref_text", lines=2)
                    self.reference = Reference(backends, "audio_sample", sample, text)
                    self.reference.listen(sample, text)
                    about = form.add("speaker_description")
                    self.consent = gr.Checkbox(False, label=CONSENT, elem_id="speech-consent", container=False)
                    self.replace = gr.Checkbox(
                        False,
                        label="Replace the saved voice",
                        elem_id="speech-voice-replace",
                        container=False,
                        visible=False,
                    )
                    self.save = gr.Button("Save voice", elem_id="speech-voice-save", variant="primary")
            self.status = gr.HTML(elem_id="speech-voice-status", padding=False)
        self.armed = gr.State("")
        """The voice that one more press of Delete deletes."""
        self.inputs = {
            "name": name, "audio_sample": sample, "ref_text": text, "speaker_description": about,
            "consent": self.consent, "replace": self.replace,
        }  # fmt: skip

    def wire(self, refresh: Refresh, listing: list[gr.components.Component], voice: gr.components.Component) -> None:
        """refresh: see Refresh; listing: the components that it updates; voice: the choice of the tab."""

        async def save_voice(request: gr.Request, *values: object) -> AsyncIterator[Updates]:
            async for updates in self._save(dict(zip(self.inputs, values, strict=True)), refresh, request):
                yield updates

        async def delete_voice(name: str | None, armed: str, request: gr.Request) -> Updates:
            return await self._delete(name or "", armed, refresh, request)

        async def again(request: gr.Request) -> Updates:
            return await refresh(request.session_hash)

        outputs = [self.status, self.consent, self.replace, *listing]
        self.save.click(
            by_name(list(self.inputs), save_voice), list(self.inputs.values()), outputs,
            api_name="speech_save_voice", api_description="Saves a voice on the server.", **SILENT,
        )  # fmt: skip
        self.delete.click(
            delete_voice, [self.list, self.armed], [self.status, self.delete, self.armed, *listing], **PRIVATE
        )
        self.refresh.click(again, None, listing, **PRIVATE)
        trigger(self.list, "input")(lambda: (gr.Button(DELETE), ""), None, [self.delete, self.armed], **PRIVATE)
        self.use.click(None, self.list, voice, js="(name) => (name || '').toLowerCase()", queue=False)

    def take_over(self, save: gr.Button, recording: Component, transcript: Component) -> None:
        """Fills in the recording of a run with its transcript: by a press of save, or when an empty panel is opened."""
        sample, text = self.inputs["audio_sample"], self.inputs["ref_text"]

        def fill(path: str | None, words: str | None) -> Updates:
            return {self.fold: gr.Accordion(open=True), sample: path, text: words}

        def fill_empty(own: str | None, path: str | None, words: str | None) -> Updates:
            return {sample: path, text: words} if path and not own else {sample: gr.skip()}

        filled = save.click(fill, [recording, transcript], [self.fold, sample, text], **PRIVATE)
        filled.then(None, None, None, js=call("name_voice"), queue=False, api_visibility="private")
        self.fold.expand(fill_empty, [sample, recording, transcript], [sample, text], **PRIVATE)

    async def _save(self, entered: Values, refresh: Refresh, request: gr.Request) -> AsyncIterator[Updates]:
        """Failures stand in the panel; a program that uses the API gets them as errors."""
        yield {self.status: status_html("Saving the voice", "working")}
        try:
            voice = await self._saved(entered, request)
        except (Invalid, OmniError) as wrong:
            sentence = without_marked(wrong.sentence if isinstance(wrong, OmniError) else str(wrong))
            if entered.get("replace") and isinstance(wrong, OmniError):
                sentence += " Check the list: this voice may no longer be on the server."
            if request.headers.get("x-gradio-user") == "api":
                raise gr.Error(sentence, print_exception=False) from None
            asked = {self.replace: gr.Checkbox(value=False, visible=True)} if isinstance(wrong, Taken) else {}
            yield {self.status: status_html(sentence, "failed"), **asked, **(await refresh(request.session_hash))}
            return
        done = {
            self.status: status_html(f"The voice “{voice.name}” is saved."),
            self.consent: False,
            self.replace: gr.Checkbox(value=False, visible=False),
        }
        yield done | await refresh(request.session_hash)

    async def _delete(self, name: str, armed: str, refresh: Refresh, request: gr.Request) -> Updates:
        """The first press asks, the second deletes."""
        if not name:
            return {self.status: status_html("Choose a voice in the list first.", "failed")}
        if armed != name:
            return {self.delete: gr.Button(f"Delete {plain_name(name)}? Press again"), self.armed: name}
        usual = {self.delete: gr.Button(DELETE), self.armed: ""}
        try:
            if self.backends.settings.public and not is_own(name, request.session_hash):
                raise Invalid.because("", NOT_YOURS)
            await self._backend(request).client.delete_voice(name)
        except (Invalid, OmniError) as wrong:
            sentence = without_marked(wrong.sentence if isinstance(wrong, OmniError) else str(wrong))
            return usual | {self.status: status_html(sentence, "failed")} | await refresh(request.session_hash)
        return (
            usual
            | {self.status: status_html(f"The voice “{plain_name(name)}” is deleted.")}
            | await refresh(request.session_hash)
        )

    async def _saved(self, entered: Values, request: gr.Request) -> SavedVoice:
        """Saves a voice; on a public page for this session alone, until it ends. Raises Invalid or OmniError."""
        backend, session = self._backend(request), request.session_hash or ""
        if not self.backends.settings.public:
            return await save(backend, entered)
        if not self.backends.is_open(session):
            raise Invalid.because("", NO_PAGE)
        if name := (entered.get("name") or "").strip():
            entered = entered | {"name": marked(name, session)}
        voice = await save(backend, entered)
        self.backends.note_voice(session, backend, voice.name)
        return replace(voice, name=plain_name(voice.name))

    def _backend(self, request: gr.Request) -> Backend:
        backend = self.backends.for_tab("speech", request.session_hash)
        if backend is None:
            raise Invalid.because("", "No server is set for this tab.")
        return backend
