"""Requests for quotation: the list, and one of them with the answers side by side."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.formatting import (
    counted,
    date_text,
    group_count,
    instant_text,
    money_text,
    plain_decimal,
)
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.listing import ListState
from erp.state.purchasing.wording import (
    ORDER,
    REQUEST_STATUSES,
    REQUEST_TONES,
    VIEW,
)
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.showing import NOTHING
from erp.state.submitting import FormState

NONE = "none"
"""What stands for a line that nobody is chosen for yet."""
MINUS = "\u2212"


class RequestListState(ListState, rx.State):
    """Requests of the branch, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "purchasing.list_requests"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Request", sort="number", detail="asked_by"),
        Column("asked_at", "Asked", Kind.INSTANT, sort="asked_at", wide_only=True),
        Column("answer_by", "Answer by", Kind.DATE, sort="answer_by", detail="is_overdue"),
        Column(
            "status",
            "Status",
            Kind.STATUS,
            sort="status",
            labels=REQUEST_STATUSES,
            tones=REQUEST_TONES,
        ),
        Column("products", "Products", Kind.COUNT, sort="products", wide_only=True),
        Column("answered", "Answers", Kind.COUNT, sort="answered", detail="suppliers"),
    )
    row_link: ClassVar[str] = "/purchases/quotations/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("standing", "status", "supplier_id")
    topics: ClassVar[tuple[str, ...]] = ("purchasing",)

    may_order: bool = False

    @handler(permission=PAGE)
    async def open_requests(self) -> None:
        """Learn what may be done here."""
        self.may_order = (await self._principal()).may(ORDER)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "is_overdue": "Answers missing" if row.is_overdue else "",
            "suppliers": f"of {row.suppliers} asked",
        }


class ComparisonState(RecordState, FormState, rx.State):
    """The answers to a request, line by line and as a whole; the form orders what is chosen."""

    permission: ClassVar[str] = VIEW
    command: ClassVar[str] = "purchasing.choose_quotations"
    topics: ClassVar[tuple[str, ...]] = ("purchasing",)

    suppliers: list[dict[str, str]] = []
    lines: list[dict[str, str]] = []
    cells: dict[str, list[dict[str, str]]] = {}
    chosen: dict[str, str] = {}

    _picked: dict[str, str] = {}

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        if not self.head:
            self._picked = {}
        zone, about = principal.time_zone, {"request_id": record_id}
        found = await self._ask("purchasing.get_request", about)
        compared = await self._ask("purchasing.compare_quotations", about)
        is_open = found.status == "open" and principal.may(ORDER)
        self.suppliers = [_supplier(x, record_id, len(compared.lines)) for x in compared.suppliers]
        needs = {x.line_no: x.requisitions for x in found.lines}
        self.lines = [_line(x, needs[x.line_no]) for x in compared.lines]
        self.cells = {
            str(x.line_no): [_cell(x, s.supplier_id, is_open=is_open) for s in compared.suppliers]
            for x in compared.lines
        }
        self._keep_choices(compared)
        self.head = _head(found, compared, zone) | {"may_choose": "yes" if is_open else ""}
        if not self.form_key:
            self._renew()

    def _keep_choices(self, compared: Any) -> None:
        """Choose the best of each open line, or what the person picked while it is offered."""
        offered = {
            str(line.line_no): {str(x.quotation_id): x.is_best for x in line.offers}
            for line in compared.lines
            if line.order_id is None and line.offers
        }
        self.chosen = {
            line_no: self._picked[line_no]
            if self._picked.get(line_no) in {*offers, NONE}
            else next(quotation for quotation, is_best in offers.items() if is_best)
            for line_no, offers in offered.items()
        }

    @handler(permission=ORDER)
    async def choose(self, line_no: str, quotation_id: str) -> None:
        """Choose an answer for a line, or none; once more takes the choice back."""
        if line_no in self.chosen and f"{quotation_id}" in {
            NONE,
            *(cell["quotation_id"] for cell in self.cells[line_no]),
        }:
            again = self.chosen[line_no] == quotation_id
            self._pick({line_no: NONE if again else f"{quotation_id}"})

    @handler(permission=ORDER)
    async def choose_whole(self, quotation_id: str) -> None:
        """Choose one supplier for every line they offer."""
        self._pick(
            {
                line_no: f"{quotation_id}"
                for line_no in self.chosen
                if quotation_id in [cell["quotation_id"] for cell in self.cells[line_no]]
            }
        )

    def _pick(self, picked: dict[str, str]) -> None:
        self._picked = {**self._picked, **picked}
        self.chosen = {**self.chosen, **picked}

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = {name: form[name] for name in ("idempotency_key", "reason") if form.get(name)}
        won = [
            {"line_no": int(line_no), "quotation_id": quotation_id}
            for line_no, quotation_id in self.chosen.items()
            if quotation_id != NONE
        ]
        return given | {"request_id": self.head.get("id", ""), "lines": won}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        await self._show()
        made = ", ".join(order.number for order in result.orders)
        return [rx.toast.success(f"{counted(len(result.orders), 'order')} made: {made}.")]

    def _show_refusal(self, error: Any) -> None:
        super()._show_refusal(error)
        if not any(one != NONE for one in self.chosen.values()):
            self.form_error = "Choose an offer of at least one line."


class CloseRequestState(DialogFormState, rx.State):
    """Closes a request without choosing more."""

    permission: ClassVar[str] = ORDER
    command: ClassVar[str] = "purchasing.close_request"
    subject_field: ClassVar[str] = "request_id"

    async def _done(self, result: Any) -> str:
        page = await self.get_state(ComparisonState)
        await page._show()  # noqa: SLF001  sister of this state
        return f"Request {result.number} is closed."


def _supplier(row: Any, request_id: UUID, lines: int) -> dict[str, str]:
    until = f"holds until {date_text(row.valid_until)}" if row.valid_until else ""
    score = [
        f"{name} {plain_decimal(share)}%"
        for name, share in (("on time", row.on_time), ("filled", row.fill))
        if share is not None
    ]
    base = f"/purchases/quotations/{request_id}"
    return {
        "id": str(row.supplier_id),
        "name": row.supplier,
        "href": f"/parties/{row.supplier_id}",
        "pdf": f"/api/erp/quotation-requests/{request_id}/suppliers/{row.supplier_id}/pdf",
        "answer_link": f"{base}/answer?supplier_id={row.supplier_id}",
        "quotation_id": str(row.quotation_id or ""),
        "answered": f"{row.reference or 'Answered'} · {date_text(row.answered_on)}"
        if row.answered_on
        else "No answer yet",
        "until": f"lapsed on {date_text(row.valid_until)}" if row.is_lapsed else until,
        "until_tone": "amber" if row.is_lapsed else "",
        "is_late": "Late answer" if row.is_late else "",
        "is_best": "Best for all" if row.is_best else "",
        "total": money_text(row.total) if row.total is not None else NOTHING,
        "offered": ""
        if row.offered in {0, lines}
        else f"{row.offered} of {counted(lines, 'line')}",
        "lead": f"Here in {counted(row.lead_days, 'day')}" if row.lead_days is not None else "",
        "score": ", ".join(score) or "No record yet",
        "said": " · ".join(part for part in (row.terms, row.note) if part),
    }


def _line(line: Any, requisitions: str) -> dict[str, str]:
    last = f"last {money_text(line.last_price)}" if line.last_price is not None else "never bought"
    by = f" from {line.last_supplier}" if line.last_supplier else ""
    return {
        "line_no": str(line.line_no),
        "label": line.label,
        "href": f"/products/{line.product_id}?variant_id={line.variant_id}",
        "words": f"{group_count(line.quantity)} {line.unit}, {last}{by}",
        "for": f"For {requisitions}" if requisitions else "",
        "order": line.order_number,
        "order_href": f"/purchases/{line.order_id}" if line.order_id else "",
        "reason": line.choice_reason,
    }


def _cell(line: Any, supplier_id: UUID, *, is_open: bool) -> dict[str, str]:
    mine = [x for x in line.offers if x.supplier_id == supplier_id]
    offer = next((x for x in mine if x.is_chosen), mine[-1] if mine else None)
    if offer is None:
        return {"id": f"{line.line_no}-{supplier_id}", "quotation_id": ""}
    scheme = f"{offer.scheme_paid} + {offer.scheme_free}" if offer.scheme_paid else ""
    facts = (
        f"{money_text(offer.unit_price)}, {scheme} free" if scheme else "",
        f"least {group_count(offer.minimum_quantity)}" if offer.minimum_quantity else "",
        f"{counted(offer.lead_days, 'day')}" if offer.lead_days is not None else "",
        f"MRP {money_text(offer.mrp)}" if offer.mrp is not None else "",
        f"{offer.shelf_life_days} days' life" if offer.shelf_life_days else "",
        offer.note,
    )
    free = f" + {group_count(offer.free_units)} free" if offer.free_units else ""
    return {
        "id": f"{line.line_no}-{supplier_id}",
        "quotation_id": str(offer.quotation_id),
        "effective": money_text(offer.effective_price),
        "total": f"{money_text(offer.total)} for {group_count(offer.paid_units)}{free}",
        "facts": " · ".join(fact for fact in facts if fact),
        "against_last": _percent(offer.against_last, "last"),
        "last_tone": _tone(offer.against_last),
        "against_best": against_best(line.offers, offer),
        "is_best": "Best" if offer.is_best else "",
        "is_lapsed": "Lapsed" if offer.is_lapsed else "",
        "is_chosen": "Chosen" if offer.is_chosen else "",
        "may_choose": "yes" if is_open and line.order_id is None else "",
    }


def against_best(offers: Sequence[Any], offer: Any) -> str:
    """Say how an offer's total stands to the best; nothing of the best, or where that is nothing."""
    best = next(x for x in offers if x.is_best)
    return "" if offer is best or not best.total else _percent(offer.against_best, "best")


def _percent(share: Decimal | None, than: str) -> str:
    if share is None:
        return ""
    if not share:
        return f"as {than}"
    sign = "+" if share > 0 else MINUS
    return f"{sign}{plain_decimal(abs(share))}% to {than}"


def _tone(share: Decimal | None) -> str:
    if not share:
        return ""
    return "red" if share > 0 else "green"


def _head(found: Any, compared: Any, zone: str) -> dict[str, str]:
    ended = f"{found.ended_by}, {instant_text(found.ended_at, zone)}" if found.ended_at else ""
    return {
        "id": str(found.id),
        "number": found.number,
        "status": REQUEST_STATUSES[found.status],
        "tone": REQUEST_TONES[found.status],
        "asked": f"{instant_text(found.asked_at, zone)} · {found.asker}",
        "answer_by": date_text(found.answer_by),
        "needed_by": date_text(found.needed_by) if found.needed_by else "",
        "note": found.note,
        "best": money_text(compared.best_total) if compared.best_total is not None else NOTHING,
        "ended": f"Closed by {ended}: {found.end_reason}" if found.status == "closed" else "",
        "has_answers": "yes" if any(x.offers for x in compared.lines) else "",
    }
