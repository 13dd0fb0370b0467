"""Text as it may stand on paper: harmless, in a face that has its letters, broken into lines."""

import unicodedata
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent / "fonts"
CORE, WIDE, DEVANAGARI, TAMIL = "core", "wide", "devanagari", "tamil"
FACES = {
    CORE: "NotoSans-Core",
    WIDE: "NotoSans",
    DEVANAGARI: "NotoSansDevanagari",
    TAMIL: "NotoSansTamil",
}
SHAPED = frozenset({DEVANAGARI, TAMIL})
"""Faces whose letters change shape with their neighbours."""
JOINERS = "\u200c\u200d"
SUBSTITUTE = "?"
ELLIPSIS = "…"

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def font_path(face: str, *, bold: bool) -> Path:
    """Return the file of a face."""
    return FONTS / f"{FACES[face]}-{'Bold' if bold else 'Regular'}.ttf"


@lru_cache(maxsize=4096)
def printable(text: str) -> str:
    """Return the text on one line without anything invisible, and only letters we can draw.

    Control characters, direction marks and private letters are dropped, so that a name can
    neither hide nor reorder what is printed; letters of a script no face has become `?`.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    kept = (
        letter
        for letter in composed
        if letter in JOINERS or unicodedata.category(letter) not in _INVISIBLE
    )
    shown = "".join(letter if _is_drawable(letter) else SUBSTITUTE for letter in kept)
    return " ".join(shown.split())


def runs_of(text: str) -> list[tuple[str, str]]:
    """Split a printable text into (face, piece) so that each piece has all its letters."""
    if text.isascii() or _letters(CORE).issuperset(text):
        return [(CORE, text)]
    runs: list[tuple[str, str]] = []
    for letter in text:
        face = _face_of(letter, runs[-1][0] if runs else CORE)
        if runs and runs[-1][0] == face:
            runs[-1] = (face, runs[-1][1] + letter)
        else:
            runs.append((face, letter))
    return runs


def _is_drawable(letter: str) -> bool:
    return any(letter in _letters(face) for face in FACES)


def _face_of(letter: str, before: str) -> str:
    if before in SHAPED and (letter in JOINERS or letter == " "):
        return before
    for face in FACES:
        if letter in _letters(face):
            return face
    return CORE


@lru_cache(maxsize=len(FACES))
def _letters(face: str) -> frozenset[str]:
    with TTFont(font_path(face, bold=False)) as font:
        return frozenset(map(chr, font.getBestCmap()))
