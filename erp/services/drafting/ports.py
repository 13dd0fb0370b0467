"""What drafting needs of the outside: something that answers in words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What a language model said, or why nothing came of asking."""

    text: str = ""
    problem: str = ""


class LanguageModel(Protocol):
    """Answers one request; whatever happens, it returns."""

    def complete(self, request: str, is_wanted: Callable[[], bool]) -> ModelAnswer:
        """Send exactly this JSON text; hang up soon after `is_wanted` says no."""
        ...
