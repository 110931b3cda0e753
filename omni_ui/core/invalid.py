"""Errors of input, found before anything is sent."""

from omni_ui.client import Problem
from omni_ui.client.json_types import Json


class Invalid(Exception):
    """What was entered cannot be sent; `problems` holds a sentence for each field.

    remedy: a change that the page can offer, as in OmniError.
    """

    def __init__(self, *problems: Problem, remedy: Json | None = None) -> None:
        super().__init__(" ".join(problem.sentence for problem in problems))
        self.problems = problems
        self.remedy = remedy

    @classmethod
    def because(cls, field: str, sentence: str, remedy: dict[str, object] | None = None) -> "Invalid":
        return cls(Problem(field, sentence), remedy=remedy)
