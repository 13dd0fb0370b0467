"""Why a price is what it is, in words."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from erp.core.formatting import money_text, plain_decimal

BASES = {"mrp": "MRP", "ptr": "PTR", "pts": "PTS", "cost": "cost"}


def price_words(trace: Mapping[str, Any]) -> str:
    """Return why a line's price is what it is, from the trace that is stored with it."""
    source = trace.get("source")
    if source == "original_bill":
        return f"As on line {trace.get('line_no')} of the bill"
    if source is None:
        return ""
    if source == "paid":
        return f"As paid {_money(trace['paid'])}; the list said {_money(trace['now'])} by then"
    return ", ".join(_parts(trace))


def _parts(trace: Mapping[str, Any]) -> Iterator[str]:
    yield _origin(trace)
    if trace.get("from_quantity"):
        yield f"from {trace['from_quantity']} units"
    if trace.get("capped_at_mrp"):
        yield f"no more than the MRP {_money(trace['mrp'])}"
    percent = Decimal(str(trace.get("discount_percent", 0)))
    if percent:
        yield f"less {plain_decimal(percent)}%"
    if trace.get("coupon"):
        yield f"coupon {trace['coupon']}"


def _origin(trace: Mapping[str, Any]) -> str:
    if trace["source"] == "lot_mrp":
        return f"MRP of the lot {_money(trace['mrp'])}"
    if trace["source"] == "scheme":
        return f"Free, {trace['scheme']} of list {trace['list']} with {trace['with']}"
    whose = "price of the lot" if trace["source"] == "lot" else "list"
    return f"{_rule(trace)} ({whose} {trace['list']})"


def _rule(trace: Mapping[str, Any]) -> str:
    base, percent = _money(trace["base"]), Decimal(str(trace["percent"]))
    words = f"{BASES[trace['basis']]} {base}" if trace["basis"] in BASES else f"Price {base}"
    if not percent:
        return words
    return f"{words} {'plus' if percent > 0 else 'less'} {plain_decimal(abs(percent))}%"


def _money(text: object) -> str:
    return money_text(Decimal(str(text)))
