"""Payment links: the list, one of them, and asking a customer for money."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import instant_text, money_text
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.gateways.wording import (
    BOOKED,
    LINK_TONES,
    LINKS,
    PAYMENT_TONES,
    PAYMENTS,
    PROVIDERS,
    REFUND,
    REFUND_TONES,
    REFUNDS,
    REQUEST,
    VIEW,
)
from erp.state.listing import ListState
from erp.state.payments.wording import PAGE_OF_ORIGIN
from erp.state.reading import RecordState
from erp.state.registry import handler
from erp.state.showing import display_rows
from erp.state.submitting import is_ticked

ITEM_COLUMNS = (
    Column("narration", "For"),
    Column("due_on", "Due", Kind.DATE, wide_only=True),
    Column("open", "Open now", Kind.MONEY, wide_only=True),
    Column("amount", "Asked for", Kind.MONEY),
)
PAID_COLUMNS = (
    Column("provider_id", "Payment", detail="method"),
    Column("captured_at", "Received", Kind.INSTANT, wide_only=True),
    Column("booked", "In the books", detail="receipt", labels=BOOKED, wide_only=True),
    Column("status", "State", Kind.STATUS, labels=PAYMENTS, tones=PAYMENT_TONES),
    Column("amount", "Amount", Kind.MONEY),
)
BACK_COLUMNS = (
    Column("reason", "Why", detail="problem"),
    Column("asked_at", "Asked", Kind.INSTANT, wide_only=True),
    Column("status", "State", Kind.STATUS, labels=REFUNDS, tones=REFUND_TONES),
    Column("amount", "Amount", Kind.MONEY),
)


ENDED = frozenset({"paid", "cancelled", "expired"})


class LinkListState(ListState, rx.State):
    """Payment links, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "gateways.list_links"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("party", "Customer", sort="party", detail="description"),
        Column("requested_at", "Asked", Kind.INSTANT, sort="requested_at", wide_only=True),
        Column(
            "expires_at",
            "Holds until",
            Kind.INSTANT,
            sort="expires_at",
            detail="account",
            wide_only=True,
        ),
        Column(
            "status",
            "State",
            Kind.STATUS,
            sort="status",
            detail="problem",
            labels=LINKS,
            tones=LINK_TONES,
        ),
        Column("amount", "Amount", Kind.MONEY, sort="amount"),
    )
    row_link: ClassVar[str] = "/payment-links/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = (
        "status",
        "from_day",
        "to_day",
        "party_id",
        "invoice_id",
    )
    topics: ClassVar[tuple[str, ...]] = ("gateways",)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"problem": _problem(row)}


class LinkState(RecordState, rx.State):
    """One payment link: what it is for, what came by it, and what may be done."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("gateways",)

    items: list[dict[str, str]] = []
    payments: list[dict[str, str]] = []
    refunds: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("gateways.get_link", {"link_id": record_id})
        zone = principal.time_zone
        self.items = display_rows([_item(row) for row in found.items], ITEM_COLUMNS, zone, "{page}")
        paid = [row.model_dump() for row in found.payments]
        self.payments = display_rows(paid, PAID_COLUMNS, zone)
        back = [row.model_dump() | {"id": str(row.id)} for row in found.refunds]
        self.refunds = display_rows(back, BACK_COLUMNS, zone)
        self.head = _head(found, zone) | _offers(found, principal)

    @handler(permission=REQUEST)
    async def act(self, verb: str) -> EventSpec | None:
        """Take the link back, look how it stands, or send it."""
        words = {
            "cancel": "The provider is asked to take it back.",
            "look_at": "The provider is asked how it stands.",
            "send": "On its way to the customer.",
        }
        if verb not in words:
            return None
        try:
            await self._run(f"gateways.{verb}_link", {"link_id": self.head.get("id", "")})
        except DomainError as error:
            return rx.toast.error(error.message)
        await self._show()
        return rx.toast.success(words[verb])


class RefundState(DialogFormState, rx.State):
    """Gives back the money of a payment, or a part of it."""

    permission: ClassVar[str] = REFUND
    command: ClassVar[str] = "gateways.refund_payment"
    subject_field: ClassVar[str] = "gateway_payment_id"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        amount = f"{given.get('amount') or ''}".replace(",", "")
        return given | {"amount": amount or None}

    async def _done(self, result: Any) -> str:  # noqa: ARG002  says the same each time
        await (await self.get_state(LinkState))._show()  # noqa: SLF001  sister of this state
        return "The provider is asked to give it back."


class RequestPaymentState(DialogFormState, rx.State):
    """Asks for money by a link; the subject is `invoice:id` or `party:id`."""

    permission: ClassVar[str] = REQUEST
    command: ClassVar[str] = "gateways.request_payment"

    accounts: list[dict[str, str]] = []
    offer: dict[str, str] = {}

    async def _prepare(self) -> None:
        kind, _, name = self.subject["id"].partition(":")
        self.accounts, self.offer = [], {"open": "", "email": "", "words": ""}
        try:
            found = await self._ask("gateways.get_offer", {f"{kind}_id": name})
        except DomainError as error:
            self.form_error = error.message
            return
        self.accounts = [
            {"value": str(row.id), "label": f"{row.name} ({PROVIDERS[row.provider.value]})"}
            for row in found.accounts
        ]
        self.offer = {
            "open": f"{found.open:.2f}",
            "email": found.email,
            "words": f"{found.party} owes {money_text(found.open)} of it.",
        }
        if not self.accounts:
            self.form_error = (
                "There is no gateway account of this branch yet. Open one under Payments, Gateways."
            )

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        kind, _, name = self.subject.get("id", "").partition(":")
        amount = f"{given.get('amount') or ''}".replace(",", "")
        return given | {
            f"{kind}_id": name,
            "amount": amount or None,
            "account_id": given.get("account_id") or None,
            "send": is_ticked(given.get("send")),
        }

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        self.is_open = False
        said = rx.toast.success("The link is being made.")
        return [said, rx.redirect(f"/payment-links/{result.id}")]


class InvoiceLinksState(RecordState, rx.State):
    """Payment links of the invoice of the page, and whether another may be asked for."""

    permission: ClassVar[str] = "billing.view"
    topics: ClassVar[tuple[str, ...]] = ("gateways", "payments")

    links: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        self.links, self.head = [], {"id": str(record_id), "may_request": ""}
        if not principal.may(VIEW):
            return
        wanted = {"invoice_id": record_id, "limit": 5}
        found = await self._ask("gateways.list_links", wanted)
        self.links = [_link_row(row, principal.time_zone) for row in found.rows]
        try:
            offer = await self._ask("gateways.get_offer", {"invoice_id": record_id})
        except DomainError:
            return
        may = principal.may(REQUEST) and offer.open > 0 and offer.accounts
        self.head = self.head | {"may_request": "yes" if may else ""}


def _link_row(row: Any, zone: str) -> dict[str, str]:
    return {
        "id": str(row.id),
        "href": f"/payment-links/{row.id}",
        "amount": money_text(row.amount),
        "status": LINKS[row.status],
        "tone": LINK_TONES[row.status],
        "until": f"until {instant_text(row.expires_at, zone)}" if row.status == "open" else "",
    }


def _item(row: Any) -> dict[str, Any]:
    page = PAGE_OF_ORIGIN.get(row.origin_type, "/books/journal?origin_id={}")
    return row.model_dump() | {"id": str(row.item_id), "page": page.format(row.origin_id)}


def _problem(link: Any) -> str:
    """Return what is wrong with a link; what was wrong with one that has ended is of no use."""
    return "" if link.status in ENDED else str(link.problem)


def _head(found: Any, zone: str) -> dict[str, str]:
    drawn = base64.b64encode(found.qr_svg.encode()).decode() if found.qr_svg else ""
    paid = [row for row in found.payments if row.left and row.booked]
    return {
        "id": str(found.id),
        "title": f"Payment link of {money_text(found.amount)}",
        "about": f"{found.party} · {found.description}",
        "status": LINKS[found.status],
        "tone": LINK_TONES[found.status],
        "is_cancelling": "yes" if found.is_cancelling and found.status in {"due", "open"} else "",
        "is_due": "yes" if found.status == "due" else "",
        "problem": _problem(found),
        "url": found.url,
        "is_open": "yes" if found.status == "open" else "",
        "qr": f"data:image/svg+xml;base64,{drawn}" if drawn else "",
        "party_href": f"/receivables/{found.party_id}",
        "party": found.party,
        "account": f"{found.account} ({PROVIDERS[found.provider.value]})",
        "requested": instant_text(found.requested_at, zone),
        "expires": instant_text(found.expires_at, zone),
        "sent": f"To {found.to_email}" if found.is_sent else "Not sent from here",
        "reference": found.reference,
        "refundable_id": str(paid[0].id) if len(paid) == 1 else "",
        "refundable": money_text(paid[0].left) if len(paid) == 1 else "",
    }


def _offers(found: Any, principal: identity.Principal) -> dict[str, str]:
    may = principal.may(REQUEST)
    waits = found.status in {"due", "open"}
    offers = {
        "may_cancel": may and waits and not found.is_cancelling,
        "may_look": may and found.status == "open",
        "may_send": may and found.status == "open" and bool(found.to_email),
        "may_refund": principal.may(REFUND),
    }
    return {name: "yes" if offered else "" for name, offered in offers.items()}
