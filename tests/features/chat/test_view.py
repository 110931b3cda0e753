from omni_ui.features.chat.conversation import Conversation, Message, Part
from omni_ui.features.chat.messages import SENT, ChatView

VIEW = ChatView("json", "messages", "live", "player")


def talk_of(*texts):
    talk = Conversation()
    talk.messages = [Message(("user", "assistant")[i % 2], [Part("text", text)]) for i, text in enumerate(texts)]
    return talk


def test_a_message_that_is_added_is_drawn_alone():
    talk = talk_of("Hello", "Hello there", "A second one")
    updates = VIEW.all(talk, state=SENT, added=True)
    assert "messages" not in updates, "the page has those before it"
    assert "A second one" in updates["live"]["message"]
    assert 'data-number="2"' in updates["live"]["message"]
    assert "Hello there" not in updates["live"]["message"]
    assert len(updates["json"]["messages"]) == 3


def test_the_page_is_told_whether_there_is_a_change_to_take_back():
    talk = talk_of("Hello", "Hello there")
    assert not VIEW.all(talk)["live"]["undo"], "a conversation of another day"
    talk.change([])
    assert VIEW.all(talk)["live"]["undo"]
    talk.undo()
    assert not VIEW.all(talk)["live"]["undo"]


def test_it_is_drawn_as_it_is_with_all_the_others():
    talk = talk_of("Hello", "Hello there", "A second one")
    assert VIEW.all(talk)["messages"].endswith(VIEW.all(talk, state=SENT, added=True)["live"]["message"])
