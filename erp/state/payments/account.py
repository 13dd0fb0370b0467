"""One party's account: what is open, what stands against it, and matching the two."""

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, money_text
from erp.services import identity
from erp.state.payments.wording import PAGE_OF_ORIGIN, PAY, RECEIVE, VIEW
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.showing import display_rows

OPEN_COLUMNS = (
    Column("narration", "For", detail="day"),
    Column("due_on", "Due", Kind.DATE, detail="late", wide_only=True),
    Column("amount", "Amount", Kind.MONEY, wide_only=True),
    Column("open", "Open", Kind.MONEY),
)


class _AccountState(RecordState, mixin=True):
    """A party's account as customer or as supplier."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("payments", "billing", "pos", "sales")
    ledger: ClassVar[str] = ""
    debt_side: ClassVar[str] = ""
    matches: ClassVar[str] = RECEIVE
    """Permission to match on this account."""

    debts: list[dict[str, str]] = []
    credits: list[dict[str, str]] = []

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        wanted = {"party_id": record_id, "ledger": self.ledger}
        found = await self._ask("payments.list_items", wanted)
        rows = [_entry(row) for row in found.rows]
        zone = principal.time_zone
        debts = [row for row in rows if row["side"] == self.debt_side]
        rest = [row for row in rows if row["side"] != self.debt_side]
        self.debts = display_rows(debts, OPEN_COLUMNS, zone, "{page}")
        self.credits = display_rows(rest, OPEN_COLUMNS, zone, "{page}")
        self.head = {
            "id": str(record_id),
            "party": found.party,
            "owed": money_text(found.owed),
            "overdue": money_text(found.overdue),
            "overdue_tone": "red" if found.overdue else "",
            "unapplied": money_text(found.unapplied),
            "balance": money_text(found.balance),
            "may_receive": "yes" if principal.may(RECEIVE) else "",
            "may_pay": "yes" if principal.may(PAY) else "",
            "may_match": "yes" if debts and rest and principal.may(self.matches) else "",
        }

    @handler(permission=PAGE)
    async def match_oldest(self) -> EventSpec:
        """Settle what is due first with what stands against it."""
        given = {"party_id": self.head.get("id", ""), "ledger": self.ledger}
        try:
            done = await self._run("payments.match_items", given)
        except (ValidationError, DomainError) as error:
            words = error.message if isinstance(error, DomainError) else "This is not possible."
            return rx.toast.error(words)
        await self._show()
        matched = counted(done.pairs, "match", "matches")
        return rx.toast.success(f"{money_text(done.amount)} settled in {matched}.")


class CustomerAccountState(_AccountState, rx.State):
    """What a customer owes."""

    ledger: ClassVar[str] = "customer"
    debt_side: ClassVar[str] = "debit"


class SupplierAccountState(_AccountState, rx.State):
    """What we owe a supplier."""

    ledger: ClassVar[str] = "supplier"
    debt_side: ClassVar[str] = "credit"
    matches: ClassVar[str] = PAY


def _entry(row: Any) -> dict[str, Any]:
    page = PAGE_OF_ORIGIN.get(row.origin_type, "/books/journal?origin_id={}")
    late = counted(row.overdue_days, "day") + " late" if row.overdue_days else ""
    return row.model_dump() | {
        "side": row.side.value,
        "page": page.format(row.origin_id),
        "day": f"{row.effective_on:%d-%m-%Y}",
        "late": late,
    }
