"""The same result once more: "New seed", "Same seed", and "Check it repeats", below the result of every tab.

The first two fill in the seed and press Run, which the browser does alone (repeat.js). The third runs the very
request of the result that is shown, whatever stands in the controls by now, by the same event as Run; and so do the
first two where the controls were never filled in for that result, such as a video of the list.
"""

from collections import OrderedDict
from dataclasses import dataclass

import gradio as gr
from markupsafe import Markup

from omni_ui.client import Request
from omni_ui.core.run import RunResult, Values
from omni_ui.core.scripts import mounted
from omni_ui.core.templates import render
from omni_ui.media.similarity import DIFFERENT, IDENTICAL, NEARLY, UNKNOWN, Similarity, compare_results
from omni_ui.widgets.fields import Component

SESSIONS = 500
"""Sessions whose last result is known; the oldest are forgotten first."""
GONE = "The last result is no longer available: press Run to make one."
AGAIN = {
    "another": ("New seed", "Run again with a new seed"),
    "again": ("Same seed", "Run again with this seed and the settings as they are now"),
    "check": ("Check it repeats", "Send the same request again and compare the results"),
}
APART = AGAIN | {
    "another": ("New seed", "Run this with a new seed"),
    "again": ("Same seed", "Run this again with its seed"),
}
"""Where what stands in the controls is something else."""
TITLES = {IDENTICAL: "Identical.", NEARLY: "Nearly the same.", DIFFERENT: "Different.", UNKNOWN: "Not compared."}
VERDICT = Markup('<p class="omni-verdict" data-verdict="{}"><b>{}</b> {} <span class="omni-quiet">{}</span></p>')


@dataclass(frozen=True)
class Shown:
    """The result that a session's tab shows, and how it came about.

    request: as it was read from the controls, with its seed. version: of the server, None when it does not tell.
    """

    request: Request
    entered: Values
    outcome: RunResult
    model: str | None
    version: str | None


class Repeat:
    """Knows the last result of one tab in each session."""

    def __init__(self, tab: str) -> None:
        self.tab = tab
        self._states: set[str] = set()
        self._shown: OrderedDict[str, Shown] = OrderedDict()

    def button(self, inputs: dict[str, Component]) -> gr.HTML:
        """The unseen component by which the browser asks for a repetition: it fires `input`.

        inputs: all that a run takes; of these, states of the session are always taken as they are by then.
        """
        self._states = {name for name, part in inputs.items() if isinstance(part, gr.State)}
        return gr.HTML(None, elem_id=f"{self.tab}-repeat", visible="hidden", **mounted("", "repeat", tab=self.tab))

    def made(
        self, request: Request, entered: Values, outcome: RunResult | None, model: str | None, version: str | None
    ) -> Shown:
        """What is known of a result when it is there."""
        plain = {name: value for name, value in entered.items() if name not in self._states}
        return Shown(request, plain, outcome or RunResult(), model, version)

    def of(self, session: str | None) -> Shown | None:
        return self._shown.get(session or "")

    def forget(self, session: str | None) -> None:
        self._shown.pop(session or "", None)

    def row(self, session: str | None, result: Shown, record: str, apart: bool = False) -> Markup:
        """Remembers a result as the one that is shown; HTML of the buttons below it. record: its id.

        apart: what stands in the controls has nothing to do with it.
        """
        self._shown[session or ""] = result
        self._shown.move_to_end(session or "")
        while len(self._shown) > SESSIONS:
            self._shown.popitem(last=False)
        seed, count = getattr(result.request, "seed", None), getattr(result.request, "n", 1)
        return render(
            "features/repeat/repeat.html.jinja",
            tab=self.tab,
            record=record,
            seed="" if seed is None else seed,
            apart=apart,
            count=count,
            buttons=_buttons(apart, count),
        )


def _buttons(apart: bool, count: int) -> dict[str, tuple[str, str]]:
    """Words and title of each button below so many results.

    A server draws several results from one seed, one after the other: none of them has a seed that makes it alone.
    """
    buttons = APART if apart else AGAIN
    if count < 2:
        return buttons
    title = f"Run all {count} again with their seed and the settings as they are now"
    if apart:
        title = f"Run all {count} again with their seed"
    return buttons | {"again": (f"Same seed, all {count}", title)}


async def compare_repetition(before: Shown, now: Shown) -> Markup:
    """HTML that says whether a repetition gave the same. It is added to the facts of the result too."""
    earlier, later = before.outcome, now.outcome
    comparison = await compare_results(earlier.files, later.files, (earlier.text, later.text))
    later.facts.append(("repeated", f"{TITLES[comparison.verdict]} {comparison.words}"))
    return _verdict(comparison, before, now)


def _verdict(similarity: Similarity, before: Shown, now: Shown) -> Markup:
    """HTML for the status: what the repetition gave, by which model of which server."""
    return VERDICT.format(similarity.verdict, TITLES[similarity.verdict], similarity.words, _made_by(before, now))


def _made_by(before: Shown, now: Shown) -> str:
    first, other = _server(before), _server(now)
    return other if first == other else f"Before: {first} Now: {other}"


def _server(result: Shown) -> str:
    return f"Model {result.model or 'unknown'}, server version {result.version or 'unknown'}."
