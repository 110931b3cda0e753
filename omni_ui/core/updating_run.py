"""Runs that make updates of the page out of what arrives, as it arrives."""

from omni_ui.core.run import RequestT, Run, Updates


class UpdatingRun(Run[RequestT, Updates]):
    """A run whose events are updates of the page already."""

    async def show(self, events: list[Updates]) -> Updates:
        return {part: value for update in events for part, value in update.items()}
