import io
import wave
from contextlib import suppress

import pytest

from omni_ui.client import FileRef
from omni_ui.core.invalid import Invalid
from omni_ui.features.chat.conversation import Conversation, Message, Part, wire_messages


def said(text: str, role: str = "user") -> Message:
    return Message(role, [Part("text", text)])


def answered(talk: Conversation, text: str, answer: str) -> None:
    entered = said(text)
    with talk.answering([*talk.messages, entered], entered) as draft:
        draft.add_text(answer)


def texts(talk: Conversation) -> list[str]:
    return [message.text for message in talk.messages]


def test_turns_follow_each_other_and_undo_goes_back_one_by_one():
    talk = Conversation()
    answered(talk, "one", "1")
    answered(talk, "two", "2")
    assert texts(talk) == ["one", "1", "two", "2"]
    assert talk.undo().text == "two"
    assert texts(talk) == ["one", "1"]
    talk.change([])
    assert talk.undo() is None
    assert texts(talk) == ["one", "1"]
    assert talk.undo().text == "one"
    assert not talk.messages
    assert not talk.can_undo


def test_what_had_arrived_stays_when_the_answer_breaks_off():
    talk = Conversation()
    with suppress(ConnectionError), talk.answering([said("hello")], None) as draft:
        draft.add_text("half an ")
        draft.add_text("answer")
        raise ConnectionError
    assert texts(talk) == ["hello", "half an answer"]
    assert not talk.in_vain


def test_when_nothing_had_arrived_the_conversation_is_as_before():
    talk = Conversation()
    answered(talk, "one", "1")
    with pytest.raises(ConnectionError), talk.answering([*talk.messages, said("two")], said("two")):
        raise ConnectionError
    assert texts(talk) == ["one", "1"]
    assert talk.in_vain


async def test_one_answer_at_a_time():
    talk = Conversation()
    with talk.answering([said("one")], None) as draft:
        with pytest.raises(Invalid, match="not finished yet"):
            talk.check_idle()
        draft.add_text("1")
    talk.check_idle()
    await talk.idle()


def test_only_messages_of_the_visitor_can_be_replaced():
    talk = Conversation()
    answered(talk, "one", "1")
    answered(talk, "two", "2")
    assert [one.text for one in talk.before(2)] == ["one", "1"]
    assert talk.last_of_visitor() == 2
    for number in (1, 4, -1):
        with pytest.raises(Invalid):
            talk.before(number)


def test_sound_of_an_answer_becomes_one_file_with_every_sample():
    talk = Conversation()
    with talk.answering([said("speak")], None) as draft:
        draft.add_sound(b"\x01\x00\x02\x00", 24000, 1)
        draft.add_sound(b"\x03\x00", 24000, 1)
    (path,) = talk.messages[-1].files
    with wave.open(io.BytesIO(path.read_bytes())) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.readframes(9)) == (
            24000, 1, b"\x01\x00\x02\x00\x03\x00"
        )  # fmt: skip


def test_the_wire_carries_files_of_the_visitor_and_texts_of_the_model(tmp_path):
    picture, sound = tmp_path / "a.png", tmp_path / "a.wav"
    mine = Message("user", [Part("image", path=picture), Part("audio", path=sound), Part("text", "what?")])
    its = Message("assistant", [Part("text", "that"), Part("image", path=picture)])
    assert wire_messages([mine, its, said("thanks")], "be kind") == [
        {"role": "system", "content": "be kind"},
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": FileRef(picture)}},
                {"type": "input_audio", "input_audio": {"data": FileRef(sound, "base64"), "format": "wav"}},
                {"type": "text", "text": "what?"},
            ],
        },
        {"role": "assistant", "content": "that"},
        {"role": "user", "content": "thanks"},
    ]


def test_a_fork_goes_its_own_way_even_while_an_answer_is_made():
    talk = Conversation()
    answered(talk, "one", "1")
    with talk.answering([*talk.messages, said("two")], None):
        other = talk.fork()
        other.check_idle()
        answered(other, "three", "3")
    assert texts(other) == ["one", "1", "two", "three", "3"]
    assert texts(talk) == ["one", "1"]
    assert other.messages[0].key != talk.messages[0].key  # by which the history tells them apart
    assert not Conversation().fork().messages


def test_a_branch_is_another_conversation_up_to_a_message_and_undo_goes_back():
    talk = Conversation()
    answered(talk, "one", "1")
    answered(talk, "two", "2")
    first = talk.messages[0].key
    talk.branch(1)
    assert texts(talk) == ["one", "1"]
    assert talk.messages[0].key != first, "the history takes it for another"
    with pytest.raises(Invalid):
        talk.branch(2)
    talk.undo()
    assert texts(talk) == ["one", "1", "two", "2"]
    assert talk.messages[0].key == first
