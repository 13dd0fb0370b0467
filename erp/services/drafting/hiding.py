"""Taking a person out of a text: what the record says of them, and what looks like a person.

The rule is to take out too much rather than too little. What remains possible: a name in small
letters, at no place where names stand, of somebody whom the record does not know. Therefore a
person sees the request before it goes.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from erp.services.drafting.vocabulary import ACRONYMS, OPENERS

REMOVED: Final = "[removed]"
MICRO: Final = "\u03bc"
SHORTEST_CODE: Final = 3
SHORTEST_NAME: Final = 2
SHORTEST_INSIDE: Final = 5
"""Letters of a name that is found inside a longer word too."""
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_PATTERNS: Final = (
    re.compile(r"\S+@\S+"),
    re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE),
    re.compile(
        rf"\b\d{{1,2}}(?:st|nd|rd|th)?[\s.\-/]*(?:{_MONTHS})[a-z]*[\s.,\-/]*\d{{0,4}}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:{_MONTHS})[a-z]*[\s.]+\d{{1,2}}(?:st|nd|rd|th)?(?:[\s,]+\d{{2,4}})?\b",
        re.IGNORECASE,
    ),
    re.compile(r"\b\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4}\b"),
    re.compile(r"\+?\d(?:[\s().\-/]{0,2}\d){5,}"),
    re.compile(r"\b(?:19|20)\d\d\b"),
    re.compile(r"\b(?=[\w/\-]*\d)(?=[\w/\-]*[^\W\d_])[\w/\-]{5,}"),
)
_TITLES = re.compile(
    r"\b(?:mr|mrs|ms|miss|master|baby|dr|doctor|prof|shri|sri|smt|kum|kumari|mst|"
    r"[swdc]/o|son of|wife of|daughter of|care of|father|mother|husband|brother|sister|named?)"
    r"\b[.:\s]*((?:[^\W\d_]+[.'\s]*){1,3})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What would tell who it is about.

    Attributes:
        names: Of the patient and of everybody at work; each of their words is taken out.
        codes: Numbers, identifiers, addresses: taken out as they stand, in any case of letters.
    """

    names: frozenset[str]
    codes: frozenset[str]


class Hider:
    """Takes one identity out of texts.

    Args:
        vocabulary: Texts of the clinic's own making, such as items of a checklist; their words
            may stand with a capital letter, unless they name somebody.
    """

    def __init__(self, identity: Identity, vocabulary: Iterable[str] = ()) -> None:
        own = {folded(word) for text in vocabulary for word in words_of(clean(text))}
        self._own = own
        words = {folded(word) for name in identity.names for word in words_of(clean(name))}
        self._words = frozenset(word for word in words if len(word) >= SHORTEST_NAME)
        self._inside = tuple(word for word in self._words if len(word) >= SHORTEST_INSIDE)
        codes = {clean(code).strip() for code in identity.codes}
        kept = sorted((code for code in codes if len(code) >= SHORTEST_CODE), key=len, reverse=True)
        self._codes = [re.compile(_spaced(code), re.IGNORECASE) for code in kept]

    def hidden(self, value: Any) -> Any:  # noqa: ANN401  any JSON
        """Return a JSON value with every text in it cleaned; names of its fields are ours."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {name: self.hidden(held) for name, held in value.items()}
        if isinstance(value, list):
            return [self.hidden(held) for held in value]
        return value

    def text(self, text: str) -> str:
        """Return a text without anything that tells who it is about."""
        shown = clean(text)
        for pattern in (*self._codes, *_PATTERNS):
            shown = pattern.sub(f" {REMOVED} ", shown)
        shown = _TITLES.sub(f" {REMOVED} ", shown)
        shown = "".join(self._words_hidden(shown))
        shown = re.sub(rf"(?:{re.escape(REMOVED)}[\s.,'\-]*)+(?={re.escape(REMOVED)})", "", shown)
        return re.sub(r"[ \t]+", " ", shown).strip()

    def remains(self, value: Any) -> bool:  # noqa: ANN401  any JSON
        """Tell whether cleaning again would take out more: then something was overlooked."""
        return bool(self.hidden(value) != value)

    def _words_hidden(self, text: str) -> Iterable[str]:
        opens = True
        for is_word, piece in _pieces(text):
            if not is_word:
                if piece:
                    opens = opens_sentence(piece, before=opens)
                yield piece
                continue
            yield piece if self._may_stay(piece, opens=opens) else REMOVED
            opens = False

    def _may_stay(self, word: str, *, opens: bool) -> bool:
        if word == REMOVED[1:-1]:
            return True
        plain = folded(word)
        if plain in self._words or any(name in plain for name in self._inside):
            return False
        if len(word) == 1:
            return True
        if not all(_is_latin(letter) or letter == MICRO for letter in word):
            return False
        if word[0].isupper() or any(letter.isupper() for letter in word[1:]):
            return word in ACRONYMS or plain in self._own or (opens and plain in OPENERS)
        return True


def clean(text: str) -> str:
    """Return a text with one way to write each letter and digit, and nothing invisible."""
    composed = unicodedata.normalize("NFKC", text)
    return "".join(
        f"{unicodedata.decimal(letter)}" if letter.isdecimal() else letter
        for letter in composed
        if unicodedata.category(letter) != "Cf"
    )


def folded(word: str) -> str:
    """Return a word as names are compared: small, without accents."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """Return the words of a text: letters with their marks."""
    return [piece for is_word, piece in _pieces(text) if is_word]


def opens_sentence(between: str, *, before: bool) -> bool:
    """Tell whether the word after these signs begins a sentence."""
    if any(sign in between for sign in ".!?:\n;•"):
        return True
    return before and not any(letter.isalnum() for letter in between)


def _pieces(text: str) -> Iterable[tuple[bool, str]]:
    for is_word, letters in groupby(text, lambda one: unicodedata.category(one)[0] in "LM"):
        yield is_word, "".join(letters)


def _is_latin(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "M" or "LATIN" in unicodedata.name(letter, "")


def _spaced(code: str) -> str:
    """Return a pattern that finds a code however its parts are set apart."""
    parts = re.findall(r"\w+", code)
    return r"(?<!\w)" + r"[\W_]*".join(map(re.escape, parts)) + r"(?!\w)" if parts else r"(?!)"
