"""Packs: how they are typed, and which unit counts them."""

import re
from dataclasses import dataclass
from types import MappingProxyType

from erp.models.catalog import Form
from erp.services.catalog.naming import spoken_potency
from erp.services.catalog.potency import Potency

_MEASURES = MappingProxyType(
    {
        "ml": ("ml", "mls"),
        "g": ("g", "gm", "gms", "gram", "grams"),
        "kg": ("kg", "kgs"),
        "dram": ("dram", "drams", "dr"),
        "tablets": ("tablet", "tablets", "tab", "tabs"),
        "pcs": ("pcs", "pc", "piece", "pieces"),
    }
)
_SPELT = {typed: measure for measure, spellings in _MEASURES.items() for typed in spellings}
_PACK = re.compile(rf"(?<![\w.])(\d{{1,5}})\s*({'|'.join(_SPELT)})\b", re.IGNORECASE)
_UNITS = MappingProxyType(
    {
        Form.OINTMENT: "TUB",
        Form.GEL: "TUB",
        Form.COSMETIC: "PCS",
        Form.DEVICE: "PCS",
        Form.PACKAGING: "PAC",
        Form.KIT: "BOX",
        Form.BOOK: "NOS",
        Form.SERVICE: "NOS",
        Form.OTHER: "NOS",
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Goods as a person asks for them: `ars alb 1M 30ml`.

    Attributes:
        words: What is left without potency and pack: the name.
    """

    words: str
    potency: Potency | None
    pack: tuple[int, str] | None


def read_asked(text: str) -> Asked:
    """Take potency and pack out of what was typed; the pack is a number with its measure."""
    found = _PACK.search(text)
    pack = (int(found[1]), _SPELT[found[2].lower()]) if found and int(found[1]) else None
    rest = _PACK.sub(" ", text, count=1) if pack else text
    words = rest.split()
    potency = spoken_potency(rest)
    if potency is not None:
        words.remove(next(word for word in reversed(words) if spoken_potency(word) == potency))
    return Asked(" ".join(words), potency, pack)


def measure_of(typed: str) -> str:
    """Return a pack's measure in its usual spelling, so that `ML` and `ml` are one pack."""
    return _SPELT.get(typed.lower(), typed)


def usual_unit(form: Form) -> str:
    """Return the unit code goods of a form are counted in. Source: domain rules 1.15."""
    return _UNITS.get(form, "BTL")
