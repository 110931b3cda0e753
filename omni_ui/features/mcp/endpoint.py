"""The endpoint of the Model Context Protocol, by the official Python SDK: streamable HTTP, a request at a time.

The SDK is imported when the first agent calls: a page that none calls starts as quickly as without it. Both of its
lines are spoken to, 1.x and 2.x: `gradio[mcp]`, as on a Space, holds to the first.
"""

import asyncio
import importlib
import importlib.util
import inspect
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import ModuleType
from typing import Protocol, cast

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from omni_ui import __version__
from omni_ui.core.files import Json
from omni_ui.features.mcp.jobs import CallerLeft, JobFailed, Report, left_event, run_job
from omni_ui.features.mcp.schema import tool
from omni_ui.features.tab_context import TabContext
from omni_ui.settings import BadSetting

log = logging.getLogger(__name__)
PATH = "/gradio_api/mcp"
"""Gradio's own address for it, so that what knows Gradio finds it."""
ABOUT = (
    "Makes and changes pictures, speaks, makes sounds and videos, and chats, on a vLLM-Omni server. "
    "What a tool made can be given to another one by its path."
)
ONLY_POST = f"This is an endpoint for agents (Model Context Protocol, streamable HTTP): give {PATH} to an MCP client."


def mcp_endpoint(tabs: Sequence[TabContext]) -> "McpEndpoint":
    """The endpoint over the jobs of these tabs. BadSetting when the SDK is not there."""
    if importlib.util.find_spec("mcp") is None:
        raise BadSetting("The setting OMNI_MCP needs the package mcp: pip install 'omni-ui[mcp]'.")
    return McpEndpoint(McpTools(tabs))


class McpTools:
    """The tools: one for each tab whose server can do its job."""

    def __init__(self, tabs: Sequence[TabContext]) -> None:
        self._tabs = {tab.name: tab for tab in tabs}

    async def list(self) -> list[Json]:
        """Those that can be called now; a tab whose server does not answer is listed too, and says so when called."""
        listed = []
        for tab in self._tabs.values():
            backend = tab.backends.for_tab(tab.name, None)
            ability = await backend.ability(tab.name) if backend else None
            if backend and (ability is None or ability.can):
                listed.append(tool(tab))
        return listed

    async def call(self, name: str, arguments: Json, request: Request, report: Report) -> Json:
        """The result of a call as the protocol has it; a failure is a result with a sentence."""
        tab = next((tab for own_name, tab in self._tabs.items() if own_name == name), None)
        try:
            if tab is None:
                raise JobFailed(f"There is no tool called {name!r} here: there are {', '.join(self._tabs)}.")
            result = await run_job(tab, arguments, request, report)
        except JobFailed as failed:
            return {"content": [{"type": "text", "text": str(failed)}], "isError": True}
        except CallerLeft:
            return {"content": [], "isError": True}
        return {"content": result.content, "structuredContent": result.facts, "isError": False}


class McpEndpoint:
    """ASGI app, and its routes. `close` it with the app."""

    def __init__(self, tools: McpTools) -> None:
        self.tools = tools
        self._starting: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._closing = asyncio.Event()
        self._app: ASGIApp | None = None

    def routes(self) -> list[Route]:
        return [Route(PATH, self), Route(f"{PATH}/", self), Route(f"{PATH}/schema", self._schema)]

    async def _schema(self, request: Request) -> JSONResponse:
        """The tools without the protocol, as Gradio lists its own."""
        return JSONResponse(await self.tools.list())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await JSONResponse({"detail": ONLY_POST}, 405, {"Allow": "POST"})(scope, receive, send)
            return
        app = await self._started()
        left = left_event(Request(scope))

        async def watched() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect":
                left.set()
            return message

        try:
            await app(scope, watched, send)
        finally:
            left.set()

    async def _started(self) -> ASGIApp:
        if self._starting is None:
            self._starting = asyncio.create_task(self._run())
        ready = asyncio.create_task(self._ready.wait())
        await asyncio.wait({ready, self._starting}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._app is None:
            await self._starting  # raises what went wrong
            raise RuntimeError("The endpoint for agents is closed.")
        return self._app

    async def _run(self) -> None:
        """In a task of its own, which has the SDK's task group from its beginning to its end."""
        async with _sdk_app(self.tools) as app:
            self._app = app
            self._ready.set()
            await self._closing.wait()
            self._app = None

    async def close(self) -> None:
        self._closing.set()
        if self._starting:
            await asyncio.wait({self._starting}, timeout=5)


@asynccontextmanager
async def _sdk_app(tools: McpTools) -> AsyncIterator[ASGIApp]:
    """The SDK's own ASGI app over these tools; each request stands for itself, so nothing is kept between them."""
    manager_module = await asyncio.to_thread(importlib.import_module, "mcp.server.streamable_http_manager")
    security = importlib.import_module("mcp.server.transport_security")
    manager = manager_module.StreamableHTTPSessionManager(
        _server(tools),
        stateless=True,
        # app/origin_guard has looked at Host and Origin already, by what the host of this page allows.
        security_settings=security.TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    async with manager.run():
        yield manager.handle_request


class _Session(Protocol):
    async def report_progress(
        self, progress: float, total: float | None = None, message: str | None = None
    ) -> None: ...


class _Context(Protocol):
    """What mcp 2.x passes with a call: who made it, and the HTTP request that it came in."""

    session: _Session
    request: Request


class _CallParams(Protocol):
    name: str
    arguments: Json | None


def _server(tools: McpTools) -> object:
    lowlevel, types = importlib.import_module("mcp.server.lowlevel"), importlib.import_module("mcp.types")
    about = {"name": "Omni UI", "version": __version__, "instructions": ABOUT}
    if "on_call_tool" in inspect.signature(lowlevel.Server.__init__).parameters:
        return _server_of_second_line(lowlevel, types, tools, about)
    return _server_of_first_line(lowlevel, types, tools, about)


def _server_of_second_line(lowlevel: ModuleType, types: ModuleType, tools: McpTools, about: dict[str, str]) -> object:
    """mcp 2.x."""

    async def list_tools(context: _Context, params: object) -> object:
        return types.ListToolsResult.model_validate({"tools": await tools.list()})

    async def call_tool(context: _Context, params: _CallParams) -> object:
        async def report(seconds: float, words: str) -> None:
            await context.session.report_progress(seconds, message=words)

        result = await tools.call(params.name, params.arguments or {}, context.request, report)
        return types.CallToolResult.model_validate(result)

    return cast(object, lowlevel.Server(**about, on_list_tools=list_tools, on_call_tool=call_tool))


def _server_of_first_line(lowlevel: ModuleType, types: ModuleType, tools: McpTools, about: dict[str, str]) -> object:
    """mcp 1.x."""
    server = lowlevel.Server(**about)

    @server.list_tools()  # type: ignore[untyped-decorator]
    async def list_tools() -> object:
        return [types.Tool.model_validate(listed) for listed in await tools.list()]

    @server.call_tool(validate_input=False)  # type: ignore[untyped-decorator]  # the request model says it better
    async def call_tool(name: str, arguments: Json) -> object:
        context = server.request_context
        token = context.meta.progressToken if context.meta else None

        async def report(seconds: float, words: str) -> None:
            if token is not None:
                await context.session.send_progress_notification(
                    token, seconds, message=words, related_request_id=str(context.request_id)
                )

        return types.CallToolResult.model_validate(await tools.call(name, arguments, context.request, report))

    return cast(object, server)
