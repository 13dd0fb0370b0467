"""What happened to a record, in words, for those who may oversee."""

import re
from datetime import date, datetime
from typing import Any
from uuid import UUID

from erp.core.formatting import date_text, instant_text
from erp.services import identity
from erp.state.session import SessionState
from erp.state.showing import NOTHING

MAY_OVERSEE = "platform.view"


async def history_of(
    page: SessionState, record_id: UUID, principal: identity.Principal
) -> list[dict[str, str]]:
    """Return the entries of a timeline, newest first; none for who may not oversee."""
    if not principal.may(MAY_OVERSEE):
        return []
    found = await page._ask("platform.list_history", {"record_id": record_id})  # noqa: SLF001  the mixin's own interface
    zone = principal.time_zone
    return [
        {
            "id": str(row.id),
            "what": act_words(row.name, row.also),
            "who": row.person,
            "when": instant_text(row.occurred_at, zone),
            "where": where_words(row.source, row.ip_address, row.within),
            "changes": "\n".join(change_words(change, zone) for change in row.changes),
        }
        for row in found.rows
    ]


SOURCES = {
    "ui": "on the screen",
    "rest": "by REST",
    "cli": "on the command line",
    "job": "by a job",
    "device": "by a device",
    "test": "by a test",
}
CAPITALS = {
    "gst": "GST", "gstin": "GSTIN", "hsn": "HSN", "mrp": "MRP", "irn": "IRN", "upi": "UPI", "pin": "PIN", "pan": "PAN",
    "igst": "IGST", "cgst": "CGST", "sgst": "SGST", "tds": "TDS", "utr": "UTR", "ifsc": "IFSC", "sku": "SKU",
}  # fmt: skip
"""Words that stand in capitals."""

WORDS = {
    "qty": "quantity",
    "pct": "percent",
    "gst_rate": "GST %",
    "unit_cost": "price of one",
    "unit_price": "price of one",
    "discount_percent": "discount %",
    "billed_on": "day of the bill",
    "spent_on": "day of the bill",
    "bought_on": "day of the bill",
    "booked_on": "day in the books",
    "due_on": "due",
    "paid_on": "day",
    "used_from": "in use from",
    "expires_on": "expiry",
    "state_code": "state",
    "supplier_gstin": "GSTIN of the supplier",
    "cost_centre": "cost centre",
    "reason_code": "reason",
    "takes_credit": "tax is a credit",
    "credit_days": "days of credit",
}
"""Fields that forms call otherwise than by their names."""

ONE_OF = {"taxes": "tax", "branches": "branch", "batches": "batch", "addresses": "address"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
_CHOICE = re.compile(r"[a-z]+(_[a-z]+)+")


def where_words(source: str, ip_address: str, within: str = "") -> str:
    """Return where an act came from, to stand behind who did it; and the command that it was a part of."""
    address = f"from {ip_address}" if ip_address else ""
    words = " ".join(part for part in (SOURCES.get(source, source), address) if part)
    whole = f"as part of: {_capital(_plain(within.partition('.')[2]))}" if within else ""
    return "".join(f" · {part}" for part in (words, whole) if part)


def change_words(change: Any, zone: str = "Asia/Kolkata") -> str:
    """Return one changed fact: `Line 2, amount: 100.00 → 120.00`, or `Name: Asha` where nothing was before."""
    label, after = label_words(change.field), value_words(change.after, zone)
    if not change.before:
        return f"{label}: {after}"
    return f"{label}: {value_words(change.before, zone)} → {after}"


def label_words(field: str) -> str:
    """Return a field of an input as a form calls it: `lines 2 gst_rate` is `Line 2, GST %`."""
    parts: list[str] = []
    names = field.split(" ")
    for at, name in enumerate(names):
        if name.isdigit() and at:
            parts[-1] = f"{_one_of(names[at - 1])} {name}"
        else:
            parts.append(_plain(name))
    return _capital(", ".join(parts))


def value_words(value: str, zone: str = "Asia/Kolkata") -> str:
    """Return a value as a page shows it: days, instants, yes and no, and choices in words."""
    if value in {"True", "False"}:
        return "Yes" if value == "True" else "No"
    if _DAY.fullmatch(value):
        return _or(value, lambda: date_text(date.fromisoformat(value)))
    if _INSTANT.match(value):
        return _or(value, lambda: instant_text(datetime.fromisoformat(value), zone))
    if _CHOICE.fullmatch(value):
        return _capital(_plain(value))
    return value or NOTHING


def _or(value: str, read: Any) -> str:
    try:
        found: str = read()
    except ValueError:
        return value
    return found


def _one_of(name: str) -> str:
    plain = ONE_OF.get(name) or (
        name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")
    )
    return _plain(plain)


def _plain(name: str) -> str:
    known = WORDS.get(name)
    if known:
        return known
    words = name.removeprefix("is_").split("_")
    return " ".join(CAPITALS.get(word, WORDS.get(word, word)) for word in words)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def act_words(name: str, also: list[str]) -> str:
    """Return an act by its last event, with the others that it brought."""
    others = [event_words(one) for one in dict.fromkeys(also) if one != name]
    joined = ", ".join(words[:1].lower() + words[1:] for words in others)
    return event_words(name) + (f", with {joined}" if joined else "")


def event_words(name: str) -> str:
    """Return an event's name as words: `pos.sale_posted.v1` is `Sale posted`."""
    middle = name.split(".")[1] if name.count(".") > 0 else name
    return _capital(_plain(middle))
