"""What a model answered: made plain, or refused; and figures in it that nobody measured."""

import re
import unicodedata
from typing import Any, Final

from erp.services.drafting.ports import ModelAnswer
from erp.services.drafting.prompting import SYSTEM, facts_text

LONGEST: Final = 4000
KEPT: Final = 20_000
"""Letters of a refused answer that are kept for the record."""
_THOUGHTS = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_MARKUP = re.compile(r"<[a-z/!][^>]*>|```|^\s*[{\[]|!\[|\]\(", re.IGNORECASE)
_CONTACT = re.compile(r"\S+@\S+\.\S+|https?://|www\.|\+?\d(?:[\s().\-]?\d){9,}", re.IGNORECASE)
_CLINICAL = re.compile(
    r"diagnos\w*|differential\w*|prognos\w*|patholog\w*|malignan\w*|benign|cancer\w*|carcinoma\w*"
    r"|tumou?r\w*|metasta\w*|lesion\w*|disease\w*|disorder\w*|syndrome\w*|infect\w*|glaucom\w*"
    r"|cataract\w*|retinopath\w*|fracture\w*|h(?:a)?emorrhag\w*|ischaem\w*|ischem\w*"
    r"|consistent with|suggestive of|suspicious for|indicative of|suspected"
    r"|treat(?:ed|ing|ment)\w*|therap\w*|prescri\w*|medicat\w*|surg(?:ery|ical)\w*|dosage",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_ECHO: Final = 60
"""Letters of the instructions that no summary has by chance."""


def judged(said: str) -> ModelAnswer:
    """Return an answer as plain text, with why it may not be used, if so.

    The list of words that claim an illness or a treatment is closed and short: it catches plain
    claims, not every way to make one. The person who signs answers for the text.
    """
    text = plain(said)
    return ModelAnswer(text[:KEPT], _problem(text))


def unmeasured(answer: str, facts: dict[str, Any]) -> list[str]:
    """Return the figures of an answer that stand nowhere in the facts, in order, each once."""
    known = {float(number) for number in _NUMBER.findall(facts_text(facts))}
    found = dict.fromkeys(_NUMBER.findall(answer))
    return [number for number in found if float(number) not in known]


def plain(said: str) -> str:
    """Return what was said without thoughts aloud and without what does not show."""
    spoken = _THOUGHTS.sub("", said).replace("\r\n", "\n").replace("\r", "\n")
    composed = unicodedata.normalize("NFC", spoken)
    kept = (
        letter for letter in composed if letter == "\n" or unicodedata.category(letter)[0] != "C"
    )
    return re.sub(r"\n{3,}", "\n\n", "".join(kept)).strip()


def _problem(text: str) -> str:
    claim = _CLINICAL.search(text)
    refusals = (
        (not text, "The model answered nothing."),
        (
            len(text) > LONGEST,
            f"The model answered {len(text)} letters; a summary has {LONGEST} at most.",
        ),
        (
            _MARKUP.search(text),
            "The model answered with markup or code instead of plain sentences.",
        ),
        (
            _CONTACT.search(text),
            "The model answered with an address, a link or a telephone number.",
        ),
        (_echoes(text), "The model repeated its instructions instead of following them."),
        (
            claim,
            f'The model wrote "{claim[0] if claim else ""}"; a draft names no illness or treatment.',
        ),
    )
    return next((words for is_so, words in refusals if is_so), "")


def _echoes(text: str) -> bool:
    """Tell whether a piece of the instructions stands in an answer."""
    places = range(0, len(SYSTEM) - _ECHO, _ECHO // 2)
    return any(SYSTEM[at : at + _ECHO] in text for at in places)
