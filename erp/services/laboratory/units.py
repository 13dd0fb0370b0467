"""Units of measure: a closed table of spellings and factors. What is not in it is not guessed.

Sources: UCUM for the units; molar masses of PubChem; NGSP's master equation for glycated
haemoglobin (NGSP = 0.09148 x IFCC + 2.152).
"""

from decimal import Context, Decimal
from typing import Final

PLACES: Final = Decimal("0.00000001")
LARGEST: Final = Decimal(10) ** 15
_EXACT: Final = Context(prec=60)

UNITS: Final[dict[str, tuple[str, Decimal, str]]] = {
    "g/dL": ("mass", Decimal(1000), "gm/dl gms/dl g% gm% g/100ml"),
    "g/L": ("mass", Decimal(100), ""),
    "mg/dL": ("mass", Decimal(1), "mg% mg/100ml mgs/dl mg/dlt"),
    "mg/L": ("mass", Decimal("0.1"), ""),
    "ug/mL": ("mass", Decimal("0.1"), "mcg/ml"),
    "ug/dL": ("mass", Decimal("0.001"), "mcg/dl"),
    "ug/L": ("mass", Decimal("0.0001"), "mcg/l"),
    "ng/mL": ("mass", Decimal("0.0001"), ""),
    "ng/dL": ("mass", Decimal("0.000001"), ""),
    "ng/L": ("mass", Decimal("0.0000001"), ""),
    "pg/mL": ("mass", Decimal("0.0000001"), ""),
    "mmol/L": ("moles", Decimal(1), ""),
    "umol/L": ("moles", Decimal("0.001"), "mcmol/l"),
    "nmol/L": ("moles", Decimal("0.000001"), ""),
    "pmol/L": ("moles", Decimal("0.000000001"), ""),
    "mEq/L": ("charge", Decimal(1), ""),
    "U/L": ("activity", Decimal(1), "iu/l [iu]/l miu/ml mu/ml"),
    "IU/mL": ("activity", Decimal(1000), "u/ml [iu]/ml kiu/l ku/l"),
    "uIU/mL": ("activity", Decimal("0.001"), "miu/l mu/l uu/ml m[iu]/l u[iu]/ml mciu/ml"),
    "/uL": ("count", Decimal(1), "/cumm /mm3 cells/ul cells/cumm cells/mm3 cells/cu.mm /cu.mm"),
    "10^3/uL": (
        "count",
        Decimal(1000),
        (
            "10*3/ul x10^3/ul x10*3/ul 10e3/ul k/ul thou/ul thou/cumm thousand/ul 10^3/cumm"
            " x10^3/cumm 10^9/l 10*9/l x10^9/l 10e9/l"
        ),
    ),
    "10^6/uL": (
        "count",
        Decimal(1_000_000),
        (
            "10*6/ul x10^6/ul x10*6/ul 10e6/ul million/ul million/cumm mill/cumm mill/ul 10^6/cumm"
            " x10^6/cumm million/mm3 10^12/l 10*12/l x10^12/l 10e12/l"
        ),
    ),
    "lakh/uL": ("count", Decimal(100_000), "lakh/cumm lakhs/cumm lac/cumm lakhs/ul lakh/mm3"),
    "%": ("share", Decimal(1), "percent"),
    "L/L": ("share", Decimal(100), ""),
    "mmol/mol": ("ifcc", Decimal(1), ""),
    "mm/h": ("fall", Decimal(1), "mm/hr mm/hour mm/1sthr mm/1sthour mmafter1hr mm/1hr"),
    "fL": ("volume", Decimal(1), "femtolitre"),
    "pg": ("weight", Decimal(1), "picogram pg/cell"),
    "s": ("time", Decimal(1), "sec seconds secs"),
    "mg/g": ("per gram", Decimal(1), "ug/mg mcg/mg mg/gcreat mg/g{creat}"),
    "mL/min/1.73m2": ("filtration", Decimal(1), "ml/min/1.73m^2 ml/min/{1.73_m2} ml/min/1.73sqm"),
    "ratio": ("ratio", Decimal(1), "{ratio}"),
}
"""Dimension, factor to the dimension's base, and other spellings, by the unit as it is shown."""

MOLAR_MASS: Final[dict[str, Decimal]] = {
    **dict.fromkeys(("1558-6", "1521-4", "2345-7"), Decimal("180.156")),
    **dict.fromkeys(
        ("2093-3", "2085-9", "13457-7", "18262-6", "13458-5", "43396-1"), Decimal("386.65")
    ),
    "2571-8": Decimal("885.7"),
    "2160-0": Decimal("113.12"),
    "3091-6": Decimal("60.06"),
    "3094-0": Decimal("28.014"),
    "3084-1": Decimal("168.11"),
    **dict.fromkeys(("1975-2", "1968-7"), Decimal("584.66")),
    "17861-6": Decimal("40.078"),
    "2777-1": Decimal("30.974"),
    **dict.fromkeys(("62292-8", "1989-3"), Decimal("400.64")),
    "2132-9": Decimal("1355.37"),
    "2284-8": Decimal("441.40"),
    **dict.fromkeys(("3024-7", "3026-2"), Decimal("776.87")),
    **dict.fromkeys(("3051-0", "3053-6"), Decimal("650.97")),
    "2498-4": Decimal("55.845"),
    "2500-7": Decimal("55.845"),
}
"""Grams per mole by LOINC code; only these go between mass and moles."""
MONOVALENT: Final = frozenset({"2951-2", "2823-3", "2075-0"})
"""Analytes of which a millimole is a milliequivalent."""
GLYCATED: Final = "4548-4"
_NGSP_SLOPE, _NGSP_OFFSET = Decimal("0.09148"), Decimal("2.152")


def _plain(text: str) -> str:
    """Return a spelling without what spellings differ in: case, blanks, the sign for micro."""
    bare = "".join(text.split()).lower()
    for odd, usual in (("\N{MICRO SIGN}", "u"), ("\N{GREEK SMALL LETTER MU}", "u"),
                       ("\N{MULTIPLICATION SIGN}", "x"), ("\N{SUPERSCRIPT THREE}", "^3"),
                       ("\N{SUPERSCRIPT SIX}", "^6"), ("\N{SUPERSCRIPT NINE}", "^9")):  # fmt: skip
        bare = bare.replace(odd, usual)
    return bare


_BY_SPELLING: Final = {
    _plain(spelling): unit
    for unit, (_, _, others) in UNITS.items()
    for spelling in (unit, *others.split())
}


def find_unit(text: str) -> str | None:
    """Return the unit that a spelling stands for, as it is shown; nothing where it is not known."""
    return _BY_SPELLING.get(_plain(text))


def convert(number: Decimal, told: str, unit: str, loinc: str) -> Decimal | None:
    """Return a value in another unit, to eight places; nothing where the table has no way there.

    Args:
        told, unit: Units as `find_unit` returns them; equal ones need not be in the table.
        loinc: What is measured: mass and moles are exchanged only for substances of the table.
    """
    if told == unit:
        return _rounded(number)
    if told not in UNITS or unit not in UNITS:
        return None
    (source, factor, _), (target, divisor, _) = UNITS[told], UNITS[unit]
    base = _EXACT.multiply(number, factor)
    crossed = base if source == target else _crossed(base, source, target, loinc)
    return None if crossed is None else _rounded(_EXACT.divide(crossed, divisor))


def _crossed(base: Decimal, source: str, target: str, loinc: str) -> Decimal | None:
    """Return a base value in another dimension: mg/dL, mmol/L, mEq/L, %, mmol/mol."""
    ways = (source, target)
    mass = MOLAR_MASS.get(loinc)
    if ways == ("moles", "mass") and mass:
        return _EXACT.divide(_EXACT.multiply(base, mass), Decimal(10))
    if ways == ("mass", "moles") and mass:
        return _EXACT.divide(_EXACT.multiply(base, Decimal(10)), mass)
    if set(ways) == {"charge", "moles"} and loinc in MONOVALENT:
        return base
    if loinc == GLYCATED and ways == ("ifcc", "share"):
        return _EXACT.add(_EXACT.multiply(base, _NGSP_SLOPE), _NGSP_OFFSET)
    if loinc == GLYCATED and ways == ("share", "ifcc"):
        return _EXACT.divide(_EXACT.subtract(base, _NGSP_OFFSET), _NGSP_SLOPE)
    return None


def _rounded(number: Decimal) -> Decimal | None:
    """Return a value to eight places; nothing where it is beyond what is kept."""
    if abs(number) >= LARGEST:
        return None
    return number.quantize(PLACES, context=_EXACT)
