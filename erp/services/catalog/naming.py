"""Names: the label, the SKU and the words a variant is found by."""

import re
import unicodedata
from dataclasses import dataclass

from erp.models.catalog import Form
from erp.services.catalog.errors import BadPotency
from erp.services.catalog.potency import NO_POTENCY, Potency, read_potency

LONGEST_SKU = 24
_WORD = re.compile(r"[a-z0-9]+")
_UNPRINTED_FORMS = frozenset({Form.PACKAGING, Form.DEVICE, Form.KIT, Form.SERVICE, Form.OTHER})


@dataclass(frozen=True, slots=True)
class Named:
    """What a variant's names are made of.

    Attributes:
        other_names: Synonyms and abbreviations of its remedy.
        codes: SKU and barcodes.
    """

    name: str
    brand: str
    form: str
    potency: Potency
    pack_quantity: int
    pack_unit: str
    other_names: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def pack(self) -> str:
        """The pack as printed, e.g. `30 ml`."""
        return f"{self.pack_quantity} {self.pack_unit}"


def label_of(named: Named) -> str:
    """Return the full printable name, e.g. `Arnica Montana 30C dilution 30 ml SBL`.

    A form that the name already says, such as `Arnica Ointment`, is not said twice.
    """
    spoken = named.form.replace("_", " ")
    says_form = named.form in _UNPRINTED_FORMS or spoken.lower() in named.name.lower()
    parts = (named.name, named.potency.label, "" if says_form else spoken, named.pack, named.brand)
    return " ".join(part for part in parts if part)


def sku_of(named: Named) -> str:
    """Return `BRAND-REMEDY-POTENCY-PACK` in upper case. Source: domain rules 2.4."""
    remedy = _words(named.name)
    first = remedy[0][: 3 if len(remedy) > 1 else 4] if remedy else "X"
    code = (first + (remedy[1][:1] if len(remedy) > 1 else "")).upper()
    brand = "".join(_words(named.brand))[:3].upper() or "GEN"
    potency = "NA" if named.potency == NO_POTENCY else named.potency.label
    pack = f"{named.pack_quantity}{''.join(_words(named.pack_unit))}".upper()
    return f"{brand}-{code}-{potency}-{pack}"[:LONGEST_SKU]


def search_text_of(named: Named) -> str:
    """Return every word the variant may be asked for by, each once."""
    texts = (named.name, named.brand, named.form, named.pack, *named.other_names, *named.codes)
    words = [word for text in texts for word in _words(text)]
    packed = "".join(_words(named.pack))
    return " ".join(dict.fromkeys([*words, packed, *named.potency.tokens]))


def search_words(text: str) -> str:
    """Return what was typed as a text-search query: every word, in any order, as a beginning.

    `LM 0/1` and `0/1` ask for the word `lm1`. The words hold letters and digits only, so no
    typed character has a meaning to the query language. Empty where nothing was typed.
    """
    words = [word for part in text.split() for word in _typed(part)]
    return " & ".join(f"{word}:*" for word in dict.fromkeys(words))


def _typed(part: str) -> list[str]:
    if "/" in part:
        potency = spoken_potency(part)
        if potency is not None:
            return [potency.tokens[0]]
    return _words(part)


def spoken_potency(text: str) -> Potency | None:
    """Return the last word of a text that is a potency, if any: what `ars alb 30` asks for."""
    for part in reversed(text.split()):
        try:
            potency = read_potency(part)
        except BadPotency:
            continue
        return potency
    return None


def _words(text: str) -> list[str]:
    """Split a text into lower-case words of ASCII letters and digits; accents are dropped."""
    plain = unicodedata.normalize("NFKD", text.replace("Ø", "q"))
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return _WORD.findall(bare.lower())
