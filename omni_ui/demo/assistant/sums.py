"""Small arithmetic in words or signs, worked out from the syntax tree with limits; nothing is ever evaluated."""

import ast
import math
import operator
import re
from collections.abc import Callable

_WORDS = {
    r"\bplus\b": "+", r"\bminus\b": "-", r"\btimes\b|\bmultiplied by\b|[×·]": "*", r"\bdivided by\b|÷": "/",
    r"\bsquared\b": "**2", r"\bcubed\b": "**3", r"\bto the power of\b|\^": "**", r"%\s*of\b|\bpercent of\b": "/100*",
    r"\bmod(ulo)?\b": "%", r"\b(the )?square root of\s+([\d.]+)": r"\2**0.5", r"(?<=\d),(?=\d{3}\b)": "",
}  # fmt: skip
_ASKING = (
    r"\b(what's|what|is|how much|calculate|compute|solve|work out|please|the|result of|and|tell me|(can|could) you)\b"
    r"|[=?!:]|\.\s*$"
)
_SIGNS: dict[type, Callable[..., float | complex]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.USub: operator.neg, ast.UAdd: operator.pos,
}  # fmt: skip
_DIGITS = 60


class BadSum(ValueError):
    """A sum that has no answer or too large a one; the message is the sentence to say."""


def solve(text: str) -> str | None:
    """The sum with its result, "17 + 25 = **42**" for "what is 17 + 25?"; None when the text is no sum."""
    if len(text) > 200:
        return None
    sum_ = text.lower()
    for words, sign in _WORDS.items():
        sum_ = re.sub(words, sign, sum_)
    sum_ = re.sub(_ASKING, " ", sum_).strip()
    if not re.fullmatch(r"[\d\s.+\-*/%()]+", sum_) or not re.search(r"[\d)]\s*(\*\*|//|[-+*/%])\s*[-(\d.]", sum_):
        return None
    try:
        value = _value(ast.parse(sum_, mode="eval").body)
    except (SyntaxError, MemoryError, RecursionError):
        return None
    except ZeroDivisionError:
        raise BadSum("That divides by zero, which has no answer.") from None
    except OverflowError:
        raise BadSum(f"That is too large for me: I stop at {_DIGITS} digits.") from None
    if isinstance(value, complex):
        raise BadSum("That is the root of a negative number, which I leave to others.")
    text_value = f"{value:.12g}" if isinstance(value, float) else str(value)
    tidy = re.sub(r"\s*(\*\*|//|[-+*/%])\s*", r" \1 ", sum_).replace("**", "^").replace("*", "×")
    return f"{' '.join(tidy.split())} = **{text_value}**"


def _value(node: ast.expr) -> float | complex:
    result: float | complex
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        result = node.value
    elif isinstance(node, ast.UnaryOp) and type(node.op) in _SIGNS:
        result = _SIGNS[type(node.op)](_value(node.operand))
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        base, power = _value(node.left), _value(node.right)
        if abs(power) * math.log10(abs(base) + 1) > _DIGITS:  # before Python tries
            raise OverflowError
        result = base**power
    elif isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
        result = _SIGNS[type(node.op)](_value(node.left), _value(node.right))
    else:
        raise SyntaxError
    if not isinstance(result, complex) and abs(result) >= 10**_DIGITS:
        raise OverflowError
    return result
