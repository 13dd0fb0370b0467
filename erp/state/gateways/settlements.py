"""Settlements with their differences, and what a person has to settle."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import counted, date_text, money_text
from erp.services import identity
from erp.state.asking import DialogFormState
from erp.state.gateways.wording import KINDS, REFUND, SETTLE, SETTLED_KINDS, VIEW
from erp.state.listing import ListState
from erp.state.reading import RecordState
from erp.state.showing import display_rows

IN_BANK = {"Matched": "green", "Waits": "amber"}
STANDING = {"Open": "amber", "Settled": "green"}
SETTLED_COLUMNS = (
    Column("entity", "Line", detail="problem"),
    Column("kind", "Is", labels=SETTLED_KINDS, detail="party", wide_only=True),
    Column("gross", "Gross", Kind.MONEY, wide_only=True),
    Column("fee", "Fee", Kind.MONEY, wide_only=True),
    Column("tax", "Tax on it", Kind.MONEY, wide_only=True),
    Column("net", "To the bank", Kind.MONEY),
)


class SettlementListState(ListState, rx.State):
    """Settlements, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "gateways.list_settlements"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("provider_id", "Settlement", sort="provider_id", detail="account"),
        Column("settled_on", "Day", Kind.DATE, sort="settled_on", detail="utr", wide_only=True),
        Column("gross", "Settles", Kind.MONEY, sort="gross", wide_only=True),
        Column("fee", "Fee", Kind.MONEY, sort="fee", wide_only=True),
        Column("tax", "Tax on it", Kind.MONEY, sort="tax", wide_only=True),
        Column("is_in_bank", "At the bank", Kind.STATUS, detail="difference", tones=IN_BANK),
        Column("amount", "To the bank", Kind.MONEY, sort="amount"),
    )
    row_link: ClassVar[str] = "/gateways/settlements/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("difference", "from_day", "to_day")
    topics: ClassVar[tuple[str, ...]] = ("gateways", "banking")

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "is_in_bank": "Matched" if row.is_in_bank else "Waits",
            "difference": f"{money_text(row.difference)} differ" if row.difference else "",
        }


class SettlementState(RecordState, rx.State):
    """One settlement with its lines."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("gateways", "banking")

    lines: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("gateways.get_settlement", {"settlement_id": record_id})
        rows = [row.model_dump() for row in found.lines]
        self.lines = display_rows(rows, SETTLED_COLUMNS, principal.time_zone)
        self.head = {
            "id": str(found.id),
            "title": f"Settlement {found.provider_id}",
            "about": f"{found.account} · {date_text(found.settled_on)} · {counted(found.line_count, 'line', 'lines')}",
            "utr": found.utr,
            "gross": money_text(found.gross),
            "fee": money_text(found.fee),
            "tax": money_text(found.tax),
            "amount": money_text(found.amount),
            "difference": money_text(found.difference) if found.difference else "",
            "bank": "Matched with the bank's line"
            if found.is_in_bank
            else "Waits for the bank's line",
            "tone": "green" if found.is_in_bank else "amber",
            "entry_href": f"/books/journal/{found.entry_id}" if found.entry_id else "",
            "problems": counted(found.problems, "line", "lines") if found.problems else "",
        }


class ExceptionListState(ListState, rx.State):
    """What a person has to settle, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "gateways.list_exceptions"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("kind", "What", sort="kind", labels=KINDS, detail="problem"),
        Column(
            "raised_at", "Since", Kind.INSTANT, sort="raised_at", detail="account", wide_only=True
        ),
        Column("is_open", "State", Kind.STATUS, detail="answer", tones=STANDING, wide_only=True),
        Column("amount", "Amount", Kind.MONEY, sort="amount"),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("standing", "kind")
    topics: ClassVar[tuple[str, ...]] = ("gateways",)

    may_settle: bool = False
    may_refund: bool = False

    async def _reload(self) -> None:
        principal = await self._principal()
        self.may_settle, self.may_refund = principal.may(SETTLE), principal.may(REFUND)
        await super()._reload()

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "is_open": "Open" if row.is_open else "Settled",
        }

    def _aside(self, row: Any) -> dict[str, str]:
        is_ours = row.is_open and row.is_unidentified
        can_refund = row.is_open and row.gateway_payment_id and row.left
        return {
            "payment_id": str(row.gateway_payment_id or ""),
            "refund_id": str(row.refund_id or ""),
            "may_take_back": "yes" if row.is_open and row.refund_id and self.may_refund else "",
            "label": KINDS[row.kind],
            "may_identify": "yes" if is_ours and self.may_settle else "",
            "may_settle": "yes"
            if row.is_open and not row.is_unidentified and self.may_settle
            else "",
            "may_refund": "yes" if can_refund and self.may_refund else "",
        }


class SettleExceptionState(DialogFormState, rx.State):
    """Says how something was settled."""

    permission: ClassVar[str] = SETTLE
    command: ClassVar[str] = "gateways.settle_exception"
    subject_field: ClassVar[str] = "exception_id"

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(ExceptionListState))._reload()  # noqa: SLF001  sister of this state


class TakeBackRefundState(DialogFormState, rx.State):
    """Takes a refund out of the books that failed after it was done."""

    permission: ClassVar[str] = REFUND
    command: ClassVar[str] = "gateways.take_back_refund"
    subject_field: ClassVar[str] = "refund_id"
    done_words: ClassVar[str] = "Taken back today. The money may be given back again."

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(ExceptionListState))._reload()  # noqa: SLF001  sister of this state


class IdentifyPaymentState(DialogFormState, rx.State):
    """Gives unidentified money to a customer."""

    permission: ClassVar[str] = SETTLE
    command: ClassVar[str] = "gateways.identify_payment"
    subject_field: ClassVar[str] = "gateway_payment_id"
    done_words: ClassVar[str] = "It is the customer's receipt now."

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(ExceptionListState))._reload()  # noqa: SLF001  sister of this state
