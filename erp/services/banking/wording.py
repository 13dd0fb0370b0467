"""Whether a bank's words mention a number or a name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

_TOKENS: Final = re.compile(r"[A-Z0-9]+")
_SHORTEST, _LONG = 3, 6
"""Signs of a number that is looked for among words, and inside of them."""
_COMMON: Final = frozenset(
    {"PRIVATE", "LIMITED", "TRADERS", "STORES", "STORE", "PHARMACY", "MEDICAL", "COMPANY", "HOMOEO",
     "BANK", "PAYMENT", "AGENCIES", "ENTERPRISES", "INDIA"}
)  # fmt: skip
_NAMING: Final = 4


@dataclass(frozen=True)
class Words:
    """What a line of the bank says.

    Attributes:
        texts: Its text, reference, counterparty and the bank's own id.
    """

    texts: tuple[str, ...]

    @cached_property
    def _tokens(self) -> frozenset[str]:
        return frozenset(t.lstrip("0") for text in self.texts for t in _tokens(text))

    @cached_property
    def _all(self) -> str:
        return " ".join("".join(_tokens(text)) for text in self.texts)

    def mention(self, number: str) -> bool:
        """Tell whether a number, such as a cheque's or an invoice's, stands in them."""
        wanted = "".join(_tokens(number)).lstrip("0")
        if len(wanted) < _SHORTEST or not any(sign.isdigit() for sign in wanted):
            return False
        return wanted in self._tokens or (len(wanted) >= _LONG and wanted in self._all)

    def mention_any(self, numbers: Iterable[str]) -> str:
        """Return the first number that stands in them, or nothing."""
        return next((number for number in numbers if number and self.mention(number)), "")

    def name(self, party: str) -> bool:
        """Tell whether they name a party: the words of its name that few others share."""
        own = [t for t in _tokens(party) if len(t) >= _NAMING and t not in _COMMON]
        found = [word for word in own if word in self._tokens]
        return bool(found) and len(found) >= min(2, len(own))

    def say(self, *words: str) -> bool:
        """Tell whether one of some words in capitals stands in them."""
        return any(word in self._tokens for word in words)


def _tokens(text: str) -> list[str]:
    return _TOKENS.findall(text.upper())
