"""What is closed at the end of an `async with`."""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class AsyncClosing(ABC):
    """`async with` gives the object itself, and closes it at the end."""

    @abstractmethod
    async def aclose(self) -> None:
        """Lets go of what is held open. More than once does no harm."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
