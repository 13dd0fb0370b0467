"""A priced cart as the till shows it: text only."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from erp.core.formatting import date_text, expiry_text, money_text, plain_decimal
from erp.core.money import ZERO
from erp.state.pos.cart import Cart, Entry
from erp.state.pos.pricing import Priced
from erp.state.pricing import price_words

NEAR_EXPIRY_DAYS = 90
TIMES = "\u00d7"
Shown = dict[str, Any]


def shown_lines(cart: Cart, priced: Priced, today: date) -> list[Shown]:
    """Return the cart's lines with the lots they were given and what stands in their way."""
    return [
        _shown(entry, priced.parts.get(entry.uid, []), priced.problems.get(entry.uid, ""), today)
        | {"last": priced.last_paid.get(entry.variant_id, "")}
        for entry in cart.entries
    ]


def shown_totals(quote: Any | None, cart: Cart) -> dict[str, str]:
    """Return the sums of a quote; only what is due where nothing could be priced."""
    worth = cart.exchange.worth if cart.exchange else ZERO
    due = (quote.total if quote else ZERO) - worth
    asked = {
        "total": money_text(abs(due)),
        "label": "To refund" if due < 0 else "To pay" if cart.exchange else "Total",
        "back": money_text(-worth) if cart.exchange else "",
    }
    asked |= dict.fromkeys(("taxable", "tax", "discount", "coupon", "saving", "round_off"), "")
    if quote is None:
        return asked
    tax = quote.cgst + quote.sgst + quote.igst
    by_person = quote.discount - quote.coupon_discount
    return asked | {
        "gross": money_text(quote.gross),
        "discount": money_text(-by_person) if by_person else "",
        "saving": _saving(quote.lines),
        "coupon": money_text(-quote.coupon_discount) if quote.coupon_discount else "",
        "taxable": money_text(quote.taxable),
        "tax": money_text(tax),
        "tax_label": "IGST" if quote.igst else "GST",
        "round_off": money_text(quote.round_off) if quote.round_off else "",
    }


def _shown(entry: Entry, parts: list[Any], problem: str, today: date) -> Shown:
    paid = [part for part in parts if not part.is_free]
    prices = sorted({part.price for part in paid})
    units = list(parts[0].units) if parts else [entry.unit]
    return {
        "uid": str(entry.uid),
        "label": parts[0].label if parts else entry.label or "Product",
        "quantity": str(entry.quantity),
        "unit": (entry.unit or units[0]) if len(units) > 1 else "",
        "units": units if len(units) > 1 else [],
        "price": " / ".join(money_text(price) for price in prices),
        "discount": plain_decimal(entry.discount_percent) if entry.discount_percent else "",
        "total": money_text(sum((part.total for part in parts), ZERO)) if parts else "",
        "why": _why(paid),
        "free": _free(parts),
        "saving": _saving(parts),
        "is_below_cost": any(part.is_below_cost for part in parts),
        "lots": _lots(parts, today),
        "problem": problem,
    }


def _saving(parts: Iterable[Any]) -> str:
    """Return what the customer pays less than MRP; nothing where they save nothing."""
    saved = sum((part.mrp * part.quantity - part.total for part in parts), ZERO)
    return money_text(saved) if saved > 0 else ""


def _why(paid: list[Any]) -> str:
    """Return where the line's prices come from, but for plain MRPs."""
    traces = [part.trace for part in paid if part.trace["source"] != "lot_mrp"]
    return "; ".join(dict.fromkeys(map(price_words, traces)))


def _free(parts: list[Any]) -> str:
    """Return what the customer is handed for nothing."""
    given = [part for part in parts if part.is_free]
    if not given:
        return ""
    units = sum(part.quantity for part in given)
    others = {part.label for part in given} - {part.label for part in parts if not part.is_free}
    return " ".join((f"+ {units} free", *others))


def _lots(parts: Iterable[Any], today: date) -> list[dict[str, str]]:
    """Return each lot once, whichever shelves its units stand on."""
    lots: dict[tuple[Any, bool], Any] = {}
    for part in parts:
        key = (part.lot_id, part.is_free)
        units = part.quantity + (lots[key].quantity if key in lots else 0)
        lots[key] = part.model_copy(update={"quantity": units})
    return [_lot(part, today, is_split=len(lots) > 1) for part in lots.values()]


def _lot(part: Any, today: date, *, is_split: bool) -> dict[str, str]:
    expires_on: date | None = part.expires_on
    is_near = expires_on is not None and expires_on <= today + timedelta(days=NEAR_EXPIRY_DAYS)
    number = part.lot_number or "no lot"
    if part.is_free:
        number = f"{number} free"
    return {
        "id": f"{part.lot_id}{'-free' if part.is_free else ''}",
        "text": f"{part.quantity} {TIMES} {number}" if is_split else number,
        "expiry": expiry_text(expires_on) if expires_on else "",
        "until": date_text(expires_on) if expires_on else "",
        "tone": "amber" if is_near else "gray",
    }


def discount_note(quote: Any, cart: Cart) -> str:
    """Return what a manager has to do with the bill's discount."""
    if quote is None or not quote.needs_approval:
        return ""
    if quote.discount_level <= cart.approved:
        return "Discount approved"
    limit = f"{quote.discount_limit.normalize():f}"
    own = f"Above your ceiling of {limit}%" if quote.discount_level > quote.discount_limit else ""
    return f"{own or quote.beyond_ceiling}: a manager must approve"


def prescribed(cart: Cart) -> str:
    """Return the bill's prescription in a few words."""
    given = cart.prescription
    if given is None:
        return ""
    return f"{given.doctor_name} for {given.patient_name}, {date_text(given.prescribed_on)}"
