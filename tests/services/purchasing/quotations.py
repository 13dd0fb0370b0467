"""Requests for quotation and answers as tests make them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.factories import Shop
from tests.services.purchasing.ordering import known_supplier, supplier


def rivals(shop: Shop) -> list[UUID]:
    """Return the ids of two suppliers besides the shop's own, which comes first."""
    names = ("Wheezal Agencies", "Zandu Traders")
    return [known_supplier(shop), *(supplier(shop, name=name) for name in names)]


def ask(shop: Shop, suppliers: list[UUID], *goods: tuple[int, int], **more: Any) -> Any:
    """Ask suppliers for pairs of the shop's product and units; answers are due in a week."""
    sources = more.pop("requested_for", None)
    extra = {"requested_for": sources} if sources else {}
    lines = [{"variant_id": shop.variant_ids[at], "quantity": n} | extra for at, n in goods]
    asked = [{"supplier_id": one} for one in suppliers]
    given = {"suppliers": asked, "answer_by": shop.ctx.today + timedelta(days=7)}
    return shop.run("purchasing.ask_suppliers", given | {"lines": lines} | more)


def answer(shop: Shop, request: Any, supplier_id: UUID, *lines: Any, **more: Any) -> Any:
    """Record prices in the order of the lines, or whole lines; they hold for a month."""
    by, at = more.pop("by", None), more.pop("at", None)
    typed = [
        {"line_no": place} | (line if isinstance(line, dict) else {"unit_price": line})
        for place, line in enumerate(lines, start=1)
        if line is not None
    ]
    given = {
        "request_id": request.id,
        "supplier_id": supplier_id,
        "valid_until": shop.ctx.today + timedelta(days=30),
        "lines": typed,
    }
    return shop.run("purchasing.record_quotation", given | more, by=by, at=at)


def choose(shop: Shop, request: Any, *answers: Any, **more: Any) -> Any:
    """Choose an answer for each line, in their order; none leaves a line open."""
    confirm, at = more.pop("confirm", ()), more.pop("at", None)
    lines = [
        {"line_no": place, "quotation_id": won.id}
        for place, won in enumerate(answers, start=1)
        if won is not None
    ]
    given = {"request_id": request.id, "lines": lines} | more
    return shop.run("purchasing.choose_quotations", given, confirm=confirm, at=at)


def compared(shop: Shop, request: Any) -> Any:
    return shop.run("purchasing.compare_quotations", {"request_id": request.id})


def request_of(shop: Shop, request: Any) -> Any:
    return shop.run("purchasing.get_request", {"request_id": request.id})
