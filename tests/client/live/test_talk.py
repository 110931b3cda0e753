"""Live talk with the demo server and with servers of the test: what is heard, answered, interrupted and cut."""

import asyncio
import base64
import json

import pytest

from omni_ui.client import BadRequest, NotReachable, OmniClient, ServerBusy
from omni_ui.client.live import CallEnded, Caption, Notice, SpeechStarted, TalkAudio, TalkConfig, TurnEnded, TurnStarted
from tests.client.live.talking import RATE, Live, created, silence, speak, tone, until, without_live_routes


async def test_the_demo_is_duplex_and_answers_what_it_heard(demo):
    async with OmniClient(demo) as omni, await omni.open_talk(TalkConfig()) as talk:
        assert (talk.can.profile, talk.can.playback, talk.can.interrupts) == ("duplex", True, True)
        events = talk.events()
        await speak(talk, silence(0.5) + tone(1.2) + silence(1))
        seen = await until(events, TurnEnded)
    assert isinstance(seen[0], SpeechStarted)
    assert seen[-1].status == "completed"
    text = "".join(event.text for event in seen if isinstance(event, Caption))
    assert text.startswith("I heard you for 1.")
    sound = [event for event in seen if isinstance(event, TalkAudio)]
    assert {event.rate for event in sound} == {24_000}
    assert sum(len(event.pcm) for event in sound) > 2 * 24_000 * 2


async def test_speaking_interrupts_the_answer(demo):
    async with OmniClient(demo) as omni, await omni.open_talk(TalkConfig()) as talk:
        events = talk.events()
        await speak(talk, silence(0.5) + tone(1.2) + silence(1))
        await until(events, TalkAudio)
        await speak(talk, tone(0.5))
        ended = (await until(events, TurnEnded))[-1]
    assert (ended.status, ended.reason) == ("interrupted", "turn_detected")


async def test_hold_to_talk_answers_when_it_is_told_to(demo):
    async with OmniClient(demo) as omni, await omni.open_talk(TalkConfig(hold=True)) as talk:
        events = talk.events()
        await speak(talk, tone(1.0) + silence(2))
        await talk.end_turn()
        seen = await until(events, TurnEnded)
    assert not [event for event in seen if isinstance(event, SpeechStarted)]
    assert "I heard you for 1.0 seconds" in "".join(event.text for event in seen if isinstance(event, Caption))


async def test_leaving_ends_the_call_on_the_server(demo):
    async with OmniClient(demo) as omni:
        talk = await omni.open_talk(TalkConfig())
        events = talk.events()
        reading = asyncio.create_task(until(events, CallEnded))
        await asyncio.sleep(0)
        await talk.aclose()
        assert (await reading)[-1] == CallEnded()


async def test_a_line_that_is_cut_is_taken_up_again():
    resumed = []

    async def answer(socket, path):
        first = json.loads(await socket.recv())
        if first["type"] == "session.resume":
            resumed.append(first)
            await socket.send(json.dumps({"type": "session.resumed", "resume_token": "second"}))
            await socket.send(json.dumps({"type": "response.created", "response": {"id": "r1"}, "server_event_seq": 8}))
            await socket.wait_closed()
        else:
            await socket.send(created(supports_session_resume=True))
            await socket.send(json.dumps({"type": "session.updated", "server_event_seq": 7}))
            socket.transport.abort()

    async with Live(answer) as live, OmniClient(live.url) as omni, await omni.open_talk(TalkConfig()) as talk:
        seen = await until(talk.events(), TurnStarted)
    assert [event.sentence for event in seen if isinstance(event, Notice)] == [
        "The connection was lost. Reconnecting.",
        "Connected again.",
    ]
    assert resumed[0]["resume_token"] == "first"
    assert resumed[0]["last_received_server_event_seq"] == 7


async def test_a_line_that_cannot_be_taken_up_again_ends_the_call():
    async def answer(socket, path):
        await socket.recv()
        await socket.send(created(supports_session_resume=False))
        socket.transport.abort()

    async with Live(answer) as live, OmniClient(live.url) as omni, await omni.open_talk(TalkConfig()) as talk:
        ended = (await until(talk.events(), CallEnded))[-1]
    assert ended.failed
    assert ended.sentence == "The connection to the server was lost. Call again."


@pytest.mark.parametrize(
    ("code", "error", "sentence"),
    [
        ("resource_exhausted", ServerBusy, "All call slots of this server are taken. Try again in half a minute."),
        ("ref_audio_required", BadRequest, "This model answers in a voice that you give it."),
        ("config_invalid", BadRequest, "The server refused the call. The server said: no."),
    ],
)
async def test_a_refused_call_is_one_sentence(code, error, sentence):
    async def answer(socket, path):
        await socket.recv()
        await socket.send(json.dumps({"type": "error", "error": {"code": code, "message": "no"}}))

    async with Live(answer) as live, OmniClient(live.url) as omni:
        with pytest.raises(error) as raised:
            await omni.open_talk(TalkConfig())
    assert raised.value.sentence.startswith(sentence)


async def test_nonsense_from_the_server_ends_the_call_with_a_sentence():
    async def answer(socket, path):
        await socket.recv()
        await socket.send(created())
        await socket.send("nonsense")
        await socket.wait_closed()

    async with Live(answer) as live, OmniClient(live.url) as omni, await omni.open_talk(TalkConfig()) as talk:
        ended = (await until(talk.events(), CallEnded))[-1]
    assert ended.failed
    assert "invalid message" in ended.sentence


@pytest.mark.parametrize(
    ("events", "sentences"),
    [
        (
            [
                {"type": "error", "error": {"code": "runtime_data_plane_stream_failed", "message": "a stage failed"}},
                {"type": "response.done", "response": {"id": "r1", "status": "failed"}},
                {"type": "session.expired", "reason": "request_cleanup"},
            ],
            ["The server said: a stage failed.", "The server ended the call. Call again."],
        ),
        ([{"type": "session.replaced"}], ["The call was taken over from another window."]),
        ([{"type": "session.expired", "reason": "idle_timeout"}], ["nothing was said for a long time"]),
        (['{"type": "response.output_audio.del'], ["an invalid message during the call"]),
    ],
    ids=["a stage fails", "replaced", "idle", "half an event"],
)
async def test_a_server_that_ends_the_call_in_the_middle_says_why(events, sentences):
    async def answer(socket, path):
        await socket.recv()
        await socket.send(created())
        await socket.send(json.dumps({"type": "response.created", "response": {"id": "r1"}}))
        for event in events:
            await socket.send(event if isinstance(event, str) else json.dumps(event))
        await socket.wait_closed()

    async with Live(answer) as live, OmniClient(live.url) as omni, await omni.open_talk(TalkConfig()) as talk:
        seen = await until(talk.events(), CallEnded)
    told = [event.sentence for event in seen if isinstance(event, Notice | CallEnded)]
    assert len(told) == len(sentences)
    assert all(words in sentence for words, sentence in zip(sentences, told, strict=True))


async def test_who_speaks_without_a_pause_is_asked_for_one(monkeypatch, demo):
    without_live_routes(monkeypatch)
    monkeypatch.setattr("omni_ui.client.live.utterances.LONGEST", 2.0)
    async with OmniClient(demo) as omni, await omni.open_talk(TalkConfig()) as talk:
        events = talk.events()
        await speak(talk, tone(2.5))
        seen = await until(events, TurnStarted)
        assert len(talk._activity.take()) < 2.0 * RATE * 2
    [notice] = [event.sentence for event in seen if isinstance(event, Notice)]
    assert notice == "You have spoken for a minute: pause so that the model can answer."


async def test_who_holds_the_button_too_long_is_told_once(monkeypatch, demo):
    without_live_routes(monkeypatch)
    async with OmniClient(demo) as omni, await omni.open_talk(TalkConfig(hold=True)) as talk:
        for _ in range(65):
            await talk.send_audio(silence(1))
        events = talk.events()
        await talk.end_turn()
        seen = await until(events, TurnStarted)
    assert [event.sentence for event in seen if isinstance(event, Notice)] == [
        "Only the last 60 seconds are sent: release the button sooner."
    ]


async def test_odd_events_are_passed_over():
    async def answer(socket, path):
        await socket.recv()
        await socket.send(created())
        for event in (
            {"type": 7},
            {"type": "response.output_audio.delta", "delta": "%%%"},
            {"type": "response.output_audio.delta", "delta": base64.b64encode(b"abc").decode(), "sample_rate_hz": "x"},
            {"type": "response.done"},
        ):
            await socket.send(json.dumps(event))
        await socket.wait_closed()

    async with Live(answer) as live, OmniClient(live.url) as omni, await omni.open_talk(TalkConfig()) as talk:
        seen = await until(talk.events(), TurnEnded)
    assert [type(event) for event in seen] == [Notice, TalkAudio, TurnEnded]
    assert (seen[1].pcm, seen[1].rate) == (b"ab", 24_000)
    assert seen[2].status == "failed"


async def test_a_server_of_turns_answers_each_utterance():
    turns = []

    async def answer(socket, path):
        if "duplex" in path:
            await socket.send(json.dumps({"type": "error", "code": "unsupported", "error": "not enabled"}))
            await socket.close(1008)
            return
        await socket.send(json.dumps({"type": "session.created", "id": "s"}))
        heard = 0
        async for message in socket:
            event = json.loads(message)
            if event["type"] == "input_audio_buffer.append":
                heard += len(base64.b64decode(event["audio"]))
            if event.get("final"):
                turns.append(heard / 2 / RATE)
                heard = 0
                await socket.send(json.dumps({"type": "transcription.delta", "delta": "Yes."}))
                if len(turns) > 1:
                    await socket.send(json.dumps({"type": "response.output_audio.done", "has_audio": False}))

    async with (
        Live(answer) as live,
        OmniClient(live.url, model="m") as omni,
        await omni.open_talk(TalkConfig()) as talk,
    ):
        assert talk.can.profile == "turns"
        events = talk.events()
        await speak(talk, silence(0.5) + tone(1) + silence(1))
        await until(events, Caption)
        await speak(talk, tone(1) + silence(1))  # while the first answer has not ended
        first = (await until(events, TurnEnded))[-1]
        second = (await until(events, TurnEnded))[-1]
    assert (first.status, second.status) == ("interrupted", "completed")
    assert turns == [pytest.approx(1.8, abs=0.15)] * 2
    assert len([path for path in live.paths if "duplex" not in path]) == 2  # a stopped answer costs a new line


async def test_a_server_without_a_live_route_is_talked_to_by_chat(monkeypatch, demo):
    without_live_routes(monkeypatch)
    async with OmniClient(demo) as omni, await omni.open_talk(TalkConfig()) as talk:
        assert talk.can.profile == "chat"
        events = talk.events()
        await speak(talk, silence(0.5) + tone(1.2) + silence(1))
        seen = await until(events, TurnEnded)
    assert seen[-1].status == "completed"
    assert [event for event in seen if isinstance(event, TalkAudio)]
    assert [event for event in seen if isinstance(event, Caption)]


async def test_a_server_that_is_not_there():
    async with OmniClient("http://127.0.0.1:1") as omni:
        with pytest.raises(NotReachable, match="Nothing answers"):
            await omni.open_talk(TalkConfig())
