"""Words and colours of prices, schemes and coupons, and who may do what."""

from datetime import date
from decimal import Decimal
from typing import Any

from erp.core.formatting import counted, date_text, group_count, money_text, plain_decimal
from erp.state.party.wording import KINDS
from erp.state.pricing import BASES

VIEW = "sales.view"
SET = "sales.set_prices"

AUDIENCES = {
    "everyone": "Everyone",
    "kind": "Customers of a kind",
    "assigned": "Customers who are given it",
    "customer": "One customer, by contract",
}
MODES = {"inclusive": "Fixed prices hold the tax", "exclusive": "Tax is added to fixed prices"}
STANDINGS = {
    "running": "In force",
    "coming": "Coming",
    "over": "Over",
    "stopped": "Stopped",
}
STANDING_TONES = {"running": "green", "coming": "blue", "over": "gray", "stopped": "amber"}
RULE_STANDINGS = {"in_force": "In force", "coming": "Coming", "past": "Past"}
RULE_TONES = {"in_force": "green", "coming": "blue", "past": "gray"}


def whom(row: Any) -> str:
    """Return whom a list is for."""
    if row.audience == "customer":
        return f"{row.customer}"
    if row.audience == "kind":
        return f"Every {KINDS[row.party_kind].lower()}"
    return AUDIENCES[row.audience]


def days_words(begins: date, ends: date | None, today: date) -> str:
    """Return from when to when something holds."""
    if ends is not None:
        return f"{date_text(begins)} to {date_text(ends)}"
    return f"{'From' if begins > today else 'Since'} {date_text(begins)}"


def rule_words(rule: Any, price_mode: str) -> str:
    """Return what a price or scheme says, in plain words.

    Args:
        price_mode: Of its list: whether fixed prices hold the tax.
    """
    if rule.kind == "scheme":
        return _scheme_words(rule)
    if rule.basis == "none":
        return f"Ended{_from_units(rule)}"
    if rule.basis == "fixed":
        words = unit_price_text(rule.amount)
        words += " + GST" if price_mode == "exclusive" else ""
    else:
        words = BASES[rule.basis]
    words = words[:1].upper() + words[1:] + percent_words(rule.percent)
    if rule.round_to:
        words += f", to the nearest {unit_price_text(rule.round_to)}"
    return words + _from_units(rule)


def percent_words(percent: Decimal) -> str:
    """Return what is added or taken off, after a blank; nothing for nothing."""
    if not percent:
        return ""
    return f" {'plus' if percent > 0 else 'less'} {plain_decimal(abs(percent))}%"


def unit_price_text(amount: Decimal) -> str:
    """Write a unit price: with two places, or the four it may have."""
    if amount == amount.quantize(Decimal("0.01")):
        return money_text(amount)
    return f"₹{plain_decimal(amount)}"


def _scheme_words(rule: Any) -> str:
    if rule.free_quantity is None:
        return f"Ended{_from_units(rule)}"
    gift = f" {rule.free_goods}" if rule.free_goods else ""
    once = "" if rule.repeats else ", once a bill"
    return f"{group_count(rule.min_quantity)} + {group_count(rule.free_quantity)} free{gift}{once}"


def _from_units(rule: Any) -> str:
    return f" from {counted(rule.min_quantity, 'unit')}" if rule.min_quantity > 1 else ""


def rule_standing(rule: Any, today: date) -> str:
    """Tell whether a rule decides today, will, or did."""
    if rule.is_in_force:
        return "in_force"
    gives = rule.basis != "none" or rule.free_quantity is not None
    return "coming" if rule.valid_from > today and gives else "past"


def coupon_words(row: Any) -> str:
    """Return what a coupon takes off."""
    if row.amount is not None:
        return f"{money_text(row.amount)} off"
    return f"{plain_decimal(row.percent)}% off"


def coupon_terms(row: Any) -> str:
    """Return how much at most, on what bills and for whom; empty where nothing limits a coupon."""
    terms = (
        f"at most {money_text(row.max_discount)}" if row.max_discount is not None else "",
        f"on {money_text(row.min_bill)} or more" if row.min_bill else "",
        f"{row.customer} only" if row.customer else "",
        "once each customer" if row.is_once_each else "",
    )
    words = ", ".join(term for term in terms if term)
    return words[:1].upper() + words[1:]
