"""The Chat tab: a conversation with a model that may hear, see, speak and draw."""

import asyncio
from functools import partial
from typing import get_args

import gradio as gr
from markupsafe import Markup

from omni_ui.client import ChatRequest, OmniClient, OmniError, ui_option
from omni_ui.client.requests.base import Answer
from omni_ui.client.server.model_rules import stages_of_chat, unheeded
from omni_ui.core import status
from omni_ui.core.own_voices import is_foreign
from omni_ui.core.run import Updates, Values
from omni_ui.core.scripts import mounted
from omni_ui.core.templates import html_file
from omni_ui.features.chat.conversation import Conversation
from omni_ui.features.chat.conversation_json import from_history
from omni_ui.features.chat.kept_conversation import read_kept
from omni_ui.features.chat.messages import ChatView
from omni_ui.features.chat.run import AGAIN, THREAD, ChatRun, fork_inputs, read_chat_form
from omni_ui.features.history.restored_result import RestoredResult
from omni_ui.features.i18n.languages import drawn
from omni_ui.features.tab_services import TabServices
from omni_ui.tabs.base import OmniTab
from omni_ui.tabs.chat_actions import MessageActions
from omni_ui.tabs.chat_toolbar import ChatTools, Composer
from omni_ui.widgets.components import ObjectHTML
from omni_ui.widgets.events import PRIVATE
from omni_ui.widgets.fields import Component
from omni_ui.widgets.file_input import attach_field

HELLO = "Write below, or attach a picture, a recording or a video. The answer appears here."
DRAW = "Draw a lighthouse at sunset, and tell me about it"
EXAMPLES = ["What can you do?", DRAW, "What is 12 * (3 + 4)?", "What is a seed good for?"]
INSTEAD = {DRAW: ("image", "Write a short poem about a lighthouse at sunset")}
"""For models that draw no pictures."""
REOPENED = "The conversation is back. Write a message to continue."
PLACEHOLDER = "Write a message"
MESSAGES = Markup('<div class="omni-messages" role="log" aria-label="Conversation"></div>')
LIVE = Markup(
    '<article class="omni-message omni-live" data-role="assistant" aria-busy="true" hidden>'
    '<h2 class="omni-who">Answer</h2><div class="omni-body"></div></article>'
)
CHANGE = Markup(
    '<div class="omni-change" hidden><span>Editing message <b></b>: sending replaces it and '
    'everything after it.</span> <button type="button">Cancel</button></div>'
)
NEEDS = {
    output: [name for name, info in ChatRequest.model_fields.items() if ui_option(info, "answer") == output]
    for output in get_args(Answer)
}
"""What an answer must be able to hold for a setting to have an effect."""


ONE_PROMPT = "This model reads all your messages as one prompt and ignores its own answers."
"""Of pure picture models (serving_chat.py:4008-4075)."""
TWO_STAGES = (
    "In a conversation the seed applies to the text; pictures use only size, steps and negative "
    "prompt. With pictures alone, or in the Image tab, it applies to the picture."
)
"""Of a language model with a diffusion model behind it (serving_chat.py:696-855)."""


class ChatTab(OmniTab):
    """A tab that shows only the settings that its model heeds, and the voices that its server has."""

    read_aloud: gr.Checkbox

    async def recommended(self, session: str | None) -> Values:
        """Of a model that speaks, all but speech: nobody expects a page to talk, and the server needs long for it."""
        recommended = await super().recommended(session)
        ability = await self.ability(session)
        outputs = (ability.detail.get("outputs") or []) if ability and ability.can else []
        if not {"text", "audio"} <= set(outputs):
            return recommended
        quiet = {"modalities": [output for output in outputs if output != "audio"]}
        return recommended | {"fields": recommended.get("fields", {}) | quiet}

    async def show_model(self, session: str | None) -> Updates:
        updates = await super().show_model(session) | {
            self.read_aloud: gr.update(visible=await self._can_read(session))
        }
        backend = self.backends.for_tab("chat", session)
        ability = await backend.ability("chat") if backend else None
        if not backend or not ability or not ability.can:
            return updates
        outputs = ability.detail.get("outputs") or list(NEEDS)
        controls = self.form.controls
        unused = unheeded(ability)
        hidden = [name for output, names in NEEDS.items() for name in names if output not in outputs or name in unused]
        for name in [name for names in NEEDS.values() for name in names]:
            updates[self.place_of(name)] = gr.update(visible=name not in hidden)
        updates[self.grid] = gr.update(hides=hidden)
        if "text" not in outputs:
            updates[self.model_note] = ONE_PROMPT
        elif stages_of_chat(ability) == "language and diffusion":
            updates[self.model_note] = TWO_STAGES
        answers = [
            (drawn(words), value) for words, value in ui_option(ChatRequest.model_fields["modalities"], "presets")
        ]
        answers = [answer for answer in answers if answer[1] in outputs]
        updates[controls["modalities"]] = gr.update(choices=answers, visible=len(answers) > 1)
        voices = await _voices(backend.client) if "audio" in outputs else []
        updates[controls["voice"]] = gr.update(
            choices=[(drawn("Model default"), ""), *((name, name) for name in voices)], visible="audio" in outputs
        )
        return updates

    async def _can_read(self, session: str | None) -> bool:
        """Whether the Speech tab's server could read answers aloud."""
        backend = self.backends.for_tab("speech", session)
        ability = await backend.ability("speech") if backend else None
        return bool(ability and ability.can)

    def place_of(self, name: str) -> gr.blocks.Block:
        """What to hide when a setting is not heeded: a size stands in a row with its width and height."""
        block: gr.blocks.Block = self.form.controls[name]
        while name == "size" and block.parent and not isinstance(block, gr.Row):
            block = block.parent
        return block

    @property
    def model_components(self) -> list[gr.blocks.Block]:
        return [*super().model_components, *self.form.inputs, self.place_of("size"), self.grid, self.read_aloud]


async def _voices(omni: OmniClient) -> list[str]:
    """The voices by name; none when the server lists none ("default" stands on every server, and says nothing)."""
    try:
        return [name for name in (await omni.voices()).names if name != "default" and not is_foreign(name, None)]
    except OmniError:
        return []  # the field takes any name


def build(services: TabServices) -> OmniTab:
    tab = ChatTab(ChatRequest, services.backends, status.empty(HELLO, EXAMPLES, "chat-text", instead=INSTEAD))
    tab.also_recommended = ["modalities"]
    with tab.frame():
        talk = gr.State(Conversation())
        with tab.controls(buttons=False):
            system = _add_instructions(tab)
        with tab.stage(status=False), gr.Column(elem_classes="omni-window"):
            tools = ChatTools()
            with gr.Column(elem_classes="omni-talk", elem_id="chat-talk"):
                result = gr.HTML("", **mounted(MESSAGES, "chat_messages"), elem_id="chat-result")
                live = ObjectHTML(None, **mounted(LIVE, "chat_answer"), elem_id="chat-live")
                player = gr.HTML(elem_id="chat-player", padding=False)
            tab.add_status()
            actions = MessageActions()
            with gr.Column(elem_classes="omni-composer", scale=0, min_width=0):
                change = gr.HTML("", label="Change", **mounted(CHANGE, "chat_change"), elem_id="chat-change")
                with gr.Row(elem_classes="omni-composer-row"):
                    files = attach_field("chat-files")
                    text = gr.Textbox(
                        label="Message", placeholder=PLACEHOLDER, lines=1, max_lines=10, elem_id="chat-text"
                    )
                    gr.HTML(
                        **mounted(html_file("features/chat/speech/speak_switch.html"), "chat_speak"),
                        elem_id="chat-speak",
                        padding=False,
                    )
                    tab.add_buttons("Send")
        conversation = gr.JSON(visible=False, elem_id="chat-conversation", label="Conversation")
    view = ChatView(conversation, result, live, player)
    tab.fork_inputs = fork_inputs
    tab.repeated = {"change": AGAIN}  # the last message is answered once more
    tab.runs(
        partial(ChatRun, view=view, listening=services.listening, backends=services.backends),
        view.parts,
        more={"text": text, "files": files, "system": system, "change": change, "talk": talk}
        | {"read_aloud": tab.read_aloud},
        read=partial(read_chat_form, tab.form),
    )

    composer = Composer(talk, system, text, files, change)
    _wire_return(tab, view, composer, [talk, conversation, result, live])

    async def settle(talk: Conversation, system: str) -> Updates:
        """After Stop: the run is being ended; then what had arrived is shown."""
        await talk.idle()
        return view.after_stop(talk, system)

    tab.stop_button.click(settle, [talk, system], [conversation, result, live], queue=False, **PRIVATE)
    tools.wire(view, composer, tab.status, tab.hello)
    actions.wire(tab, view, talk, system, services.listening)
    return tab


def _add_instructions(tab: ChatTab) -> gr.Textbox:
    """What the model should know, and whether its answers are read aloud."""
    system = gr.Textbox(
        label="System prompt",
        info="What the model should know or be before the conversation starts.",
        lines=2,
        max_lines=10,
        elem_id="chat-system",
    )
    tab.read_aloud = gr.Checkbox(
        label="Read answers aloud",
        info="By the Speech tab's server, sentence by sentence. Code and formulas are left out.",
        elem_id="chat-read_aloud",
    )
    return system


def _wire_return(tab: OmniTab, view: ChatView, fields: Composer, parts: list[Component]) -> None:
    """Wires how a conversation is restored: from the history and after a reload. parts: what that sets."""

    async def show_restored(restored: RestoredResult) -> Updates:
        """Shows the whole conversation, to be continued; after a failed run, puts the message back into its field."""
        if not restored.conversation_json:
            return {fields.change: ""}
        conversation = Conversation()
        conversation.messages, prompt = await asyncio.to_thread(from_history, restored.conversation_json)
        conversation.messages[0].key = restored.record.thread.removeprefix(THREAD)
        note = {tab.status: status.done([("", REOPENED)])}
        return (
            view.all(conversation, prompt)
            | {fields.talk: conversation, fields.text: "", fields.files: [], fields.change: ""}
            | note
        )

    tab.show_restored, tab.restored_components = show_restored, parts

    async def take_back(kept: dict[str, object]) -> Updates:
        """The conversation that this browser kept while the page was loaded again."""
        conversation = await asyncio.to_thread(read_kept, kept)
        if not conversation:
            return {tab.status: gr.skip()}
        updates = await asyncio.to_thread(view.all, conversation)
        return {**updates, fields.talk: conversation, tab.status: status.done([("", REOPENED)])}

    tab.conversation, tab.take_back = view.conversation_json, take_back
