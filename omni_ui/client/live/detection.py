"""Which kind of talk a server offers: asked, never guessed from the model's name."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from omni_ui.client.connection.transport import Transport
from omni_ui.client.errors import BadRequest, NotFound, NotReachable
from omni_ui.client.live.camera_turns import CameraTurns, session_config
from omni_ui.client.live.chat_turns import Chat, ChatTurns
from omni_ui.client.live.duplex import HANDSHAKE, DuplexTalk, refused, session_object
from omni_ui.client.live.events import TalkConfig, TalkSession
from omni_ui.client.live.sockets import LiveSocket, open_socket
from omni_ui.client.live.turns import RealtimeTurns
from omni_ui.client.server.discovery import Ability

DUPLEX, TURNS, CAMERA = "/v1/realtime?duplex=1", "/v1/realtime", "/v1/video/chat/stream"


@dataclass(frozen=True)
class TalkServer:
    """What of a client the talk needs. model: the name to send. ability: what its server can do in Chat."""

    wire: Transport
    model: Callable[[], Awaitable[str | None]]
    ability: Callable[[], Awaitable[Ability]]
    chat: Chat


async def open_talk(server: TalkServer, config: TalkConfig) -> TalkSession:
    """Opens a talk in the best way that the server has: duplex, turns, or chat. With a camera, in a way that takes
    pictures, where there is one.

    Raises BadRequest where the server refuses the session or its model cannot hear, ServerBusy where all lines are
    taken, and the usual errors of a server that does not answer.
    """
    talk = await _duplex(server, config)
    if config.camera and not (talk and talk.can.video) and (camera := await _camera(server, config)):
        if talk:
            await talk.aclose()
        return camera
    return talk or await _turns(server, config) or await _chat(server, config)


async def _duplex(server: TalkServer, config: TalkConfig) -> TalkSession | None:
    """A duplex session; None where the server has none."""
    open_again = partial(open_socket, server.wire, DUPLEX)
    try:
        socket = await open_again()
    except NotFound:
        return None
    try:
        await socket.send({"type": "session.update", "session": session_object(config)})
        async with asyncio.timeout(HANDSHAKE):
            while True:
                event = await socket.receive()
                if isinstance(event, bytes):
                    continue
                if event.get("type") == "session.created" and "session" in event:
                    return DuplexTalk(open_again, socket, event)
                if event.get("type") == "error" and isinstance(event.get("error"), dict):
                    raise refused(event)
                if event.get("type") in ("error", "session.created"):
                    break  # not a duplex server: it says "unsupported", or greets as a server of turns
    except (NotReachable, TimeoutError):
        pass
    except BaseException:
        await socket.aclose()
        raise
    await socket.aclose()
    return None


async def _camera(server: TalkServer, config: TalkConfig) -> TalkSession | None:
    """A session that takes pictures; None where the server has no such route, or its model sees nothing."""
    try:
        socket = await open_socket(server.wire, CAMERA)
    except NotFound:
        return None
    try:
        await socket.send(session_config(config, await server.model()))
        await socket.send({"type": "ping"})  # the settings themselves are not answered
        async with asyncio.timeout(HANDSHAKE):
            event = await socket.receive()
    except (NotReachable, TimeoutError):
        event = b""
    if isinstance(event, dict) and event.get("type") == "pong":
        return CameraTurns(socket, config)
    await socket.aclose()
    return None


async def _turns(server: TalkServer, config: TalkConfig) -> TalkSession | None:
    """A realtime session of turns; None where the server has no such route or does not open it."""
    open_again = partial(open_socket, server.wire, TURNS)
    try:
        socket = await open_again()
    except NotFound:
        return None
    try:
        async with asyncio.timeout(HANDSHAKE):
            event = await socket.receive()
    except (NotReachable, TimeoutError):
        event = b""
    if isinstance(event, dict) and event.get("type") == "session.created":
        return RealtimeTurns(partial(_greeted, open_again), socket, await server.model(), config)
    await socket.aclose()
    return None


async def _greeted(open_again: Callable[[], Awaitable[LiveSocket]]) -> LiveSocket:
    """A new line of turns, past the server's greeting."""
    socket = await open_again()
    await socket.receive()
    return socket


async def _chat(server: TalkServer, config: TalkConfig) -> TalkSession:
    """Turns over chat completions. BadRequest where the server's model cannot hear."""
    ability = await server.ability()
    detail = ability.detail
    if not ability.can or "audio" not in detail.get("inputs", ["audio"]):
        raise BadRequest(f"{ability.reason} It cannot hear.", "Talk needs a model that takes recordings.")
    return ChatTurns(server.chat, config, speaks="audio" in detail.get("outputs", ["audio"]))


__all__ = ["open_talk"]
