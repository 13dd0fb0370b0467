"""The portal's error report of a GSTR-1: each row that it refused, with the number it is about. Pure.

Source: public developer documentation of the GST portal: `error_report` by section, with `error_cd` and `error_msg`
at the row, or at the recipient whose rows it holds.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from erp.core.errors import InvalidInput
from erp.services.gst_returns.advances import ADVANCE_TABLES
from erp.services.gst_returns.outward import Section

MOST_BYTES: Final = 180_000
"""In base 64 it fits one message of a page."""
MOST_REFUSALS: Final = 1_000
LONGEST: Final = 300
NUMBERS: Final = ("inum", "nt_num", "oinum", "ont_num")
HELD_IN: Final = ("inv", "nt")
SECTIONS: Final = frozenset(
    {section.value for section in Section} | {*ADVANCE_TABLES, "hsn", "doc_issue"}
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that the portal did not take.

    Attributes:
        section: Its key in the file. number: Of the document, where the row is one. party: The recipient's GSTIN.
    """

    section: str
    number: str
    party: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class PortalReport:
    """An error report; nothing was refused where it has no rows."""

    gstin: str
    fp: str
    refusals: tuple[Refusal, ...]


def _refused(message: str) -> InvalidInput:
    return InvalidInput(message, fields={"content": message})


def read_report(content: bytes) -> PortalReport:
    """Return what the portal refused.

    Raises:
        InvalidInput: It is no error report of a GSTR-1, has too many rows, or none and no name of what it is of.
    """
    if len(content) > MOST_BYTES:
        raise _refused(f"The file is larger than {MOST_BYTES // 1000} KB.")
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError):
        raise _refused("This is no JSON file. Download the error report from the portal.") from None
    if not isinstance(whole, Mapping) or not {"error_report", "status_cd"} & whole.keys():
        raise _refused("This is no error report: error_report is missing.")
    sections = whole.get("error_report", {})
    if not isinstance(sections, Mapping):
        raise _refused("This is no error report: error_report is no list of sections.")
    found = tuple(one for name, rows in sections.items() for one in _of_section(name, rows))
    if len(found) > MOST_REFUSALS:
        raise _refused(f"The report has more than {MOST_REFUSALS:,} rows.")
    if not found and whole.get("status_cd", "P") != "P":
        raise _refused("The portal refused the whole file and names no row. Load it there again.")
    report = PortalReport(_text(whole.get("gstin")), _text(whole.get("fp")), found)
    if not found and not (report.gstin and report.fp):
        raise _refused("The report has no row, and does not name the GSTIN and the month it is of.")
    return report


def _of_section(name: str, rows: Any) -> Iterator[Refusal]:  # noqa: ANN401  whatever a file holds
    if name not in SECTIONS:
        raise _refused(f"This is no error report of a GSTR-1: {_text(name)} is none of its tables.")
    for row in rows if isinstance(rows, list) else [rows]:
        if not isinstance(row, Mapping):
            raise _refused(f"This is no error report: {name} holds something that is no row.")
        yield from _of_row(name, row)


def _of_row(section: str, row: Mapping[str, Any]) -> Iterator[Refusal]:
    """Yield what is refused of a row: each document in it, else the row itself."""
    held = [row[name] for name in HELD_IN if isinstance(row.get(name), list)]
    documents = [one for rows in held for one in rows if isinstance(one, Mapping)]
    wrong = [one for one in documents if one.get("error_cd") or one.get("error_msg")]
    party = _text(row.get("ctin"))
    for one in wrong or documents or [row]:
        code, message = (_text(one.get(key) or row.get(key)) for key in ("error_cd", "error_msg"))
        number = next((_text(one[key]) for key in NUMBERS if one.get(key)), "")
        yield Refusal(section, number, party, code, message or "The portal gives no reason.")


def _text(value: Any) -> str:  # noqa: ANN401  whatever a file holds
    return f"{value}"[:LONGEST] if isinstance(value, str | int) else ""
