"""Read OFX, whose first version is no XML: tags of values are not closed.

Own, because the libraries for it have not been kept for years and build objects of the whole standard.
"""

import html
import re
from collections.abc import Iterable, Iterator
from typing import Final

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from erp.models.banking import FileFormat
from erp.services.banking.file_text import BankText, as_table, unreadable

Tag = tuple[str, str]
"""A name with its value; `/NAME` where an aggregate ends."""

_TAG: Final = re.compile(r"<(/?[A-Za-z0-9_.]{1,40})>([^<\r\n]*)")
_DAY: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
ENDS_EARLY: Final = "The file ends too early. Ask the bank for it again."


def read_ofx(content: bytes) -> BankText:
    """Return the lines of one account's statement, version 1 or 2.

    Raises:
        UnreadableBankFile: It is cut off, declares entities, or holds several accounts.
    """
    start = content.find(b"<OFX>")
    is_xml = b"<?xml" in content[:start]
    tags = list(_xml_tags(content) if is_xml else _sgml_tags(content[start:]))
    if not tags or tags[-1][0] != "/OFX":
        raise unreadable(ENDS_EARLY)
    accounts = {value for name, value in tags if name == "ACCTID"} - {
        row["ACCTID"] for row in _inside(tags, "BANKACCTTO") if "ACCTID" in row
    }
    if len(list(_inside(tags, "STMTRS"))) > 1 or len(accounts) > 1:
        raise unreadable("The file holds several accounts. Ask the bank for one file of each.")
    rows = [_row(given) for given in _inside(tags, "STMTTRN")]
    return BankText(FileFormat.OFX, as_table(rows), _facts(tags))


def _sgml_tags(content: bytes) -> Iterator[Tag]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    for name, value in _TAG.findall(text):
        yield name.upper(), html.unescape(value).strip()


def _xml_tags(content: bytes) -> Iterator[Tag]:
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise unreadable("The OFX cannot be read, or declares what no statement needs.") from error
    waiting = [(root, False)]
    while waiting:
        element, is_done = waiting.pop()
        name = element.tag.upper()
        if is_done:
            yield f"/{name}", ""
            continue
        yield name, (element.text or "").strip()
        waiting.append((element, True))
        waiting.extend((child, False) for child in reversed(element))


def _inside(tags: Iterable[Tag], name: str) -> Iterator[dict[str, str]]:
    """Yield the values of each aggregate of a name; the first of each stands."""
    found: dict[str, str] | None = None
    for tag, value in tags:
        if tag == name:
            if found is not None:
                raise unreadable(ENDS_EARLY)
            found = {}
        elif tag == f"/{name}" and found is not None:
            yield found
            found = None
        elif found is not None and value:
            found.setdefault(tag, value)
    if found is not None:
        raise unreadable(ENDS_EARLY)


def _row(given: dict[str, str]) -> dict[str, str]:
    name, memo = given.get("NAME", ""), given.get("MEMO", "")
    text = " ".join(part for part in (name, memo if memo != name else "") if part)
    return {
        "Date": _day(given.get("DTPOSTED", "")),
        "Value date": _day(given.get("DTUSER", "")),
        "Amount": given.get("TRNAMT", ""),
        "Text": text or given.get("TRNTYPE", ""),
        "Reference": given.get("CHECKNUM", "") or given.get("REFNUM", ""),
        "Counterparty": given.get("PAYEE", ""),
        "Bank id": given.get("FITID", ""),
    }


def _facts(tags: list[Tag]) -> dict[str, str]:
    account = next(_inside(tags, "BANKACCTFROM"), {})
    balance = next(_inside(tags, "LEDGERBAL"), {})
    about = next(_inside(tags, "STMTRS"), {})
    facts = {
        "number": account.get("ACCTID", ""),
        "ifsc": account.get("BANKID", ""),
        "currency": about.get("CURDEF", ""),
        "closing": balance.get("BALAMT", ""),
        "from_day": _day(about.get("DTSTART", "")),
        "to_day": _day(about.get("DTEND", "")),
    }
    return {name: value for name, value in facts.items() if value}


def _day(value: str) -> str:
    """Return the day of an instant such as 20261121120000[+5:30:IST]; other text as it is."""
    found = _DAY.match(value)
    return "-".join(found.groups()) if found else value
