"""Who owes since when, and whom we owe: every party's open items by age."""

from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import date_text, money_text
from erp.state.listing import ListState
from erp.state.payments.wording import VIEW

SUMS = ("not_due", "days_30", "days_60", "days_90", "older", "unapplied", "balance")


class _AgeState(ListState, mixin=True):
    """Open items by party and age."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "payments.age_items"
    ledger: ClassVar[str] = ""
    columns: ClassVar[tuple[Column, ...]] = (
        Column("party", "Party", sort="party", detail="phone"),
        Column("not_due", "Not due", Kind.MONEY, sort="not_due", wide_only=True),
        Column("days_30", "1-30 days", Kind.MONEY, sort="days_30", wide_only=True),
        Column("days_60", "31-60", Kind.MONEY, sort="days_60", wide_only=True),
        Column("days_90", "61-90", Kind.MONEY, sort="days_90", wide_only=True),
        Column("older", "Over 90", Kind.MONEY, sort="older", wide_only=True),
        Column("unapplied", "Unapplied", Kind.MONEY, sort="unapplied", wide_only=True),
        Column("balance", "Balance", Kind.MONEY, sort="balance", detail="oldest_on"),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("bucket", "as_of")
    topics: ClassVar[tuple[str, ...]] = ("payments", "billing", "pos", "sales")

    sums: dict[str, str] = {}

    def _fixed(self) -> dict[str, str]:
        return {"ledger": self.ledger}

    def _entry(self, row: Any) -> Any:
        days = f"{row.credit_days} days of credit" if row.credit_days else "No credit days"
        return row.model_dump() | {
            "id": row.party_id,
            "phone": " · ".join(part for part in (row.phone, days) if part),
            "oldest_on": f"First due {date_text(row.oldest_on)}" if row.oldest_on else "",
        }

    def _overlook(self, page: Any) -> None:
        late = page.days_30 + page.days_60 + page.days_90 + page.older
        self.sums = {name: money_text(getattr(page, name)) for name in SUMS} | {
            "late": money_text(late),
            "as_of": date_text(page.as_of),
        }


class ReceivablesState(_AgeState, rx.State):
    """What customers owe."""

    ledger: ClassVar[str] = "customer"
    row_link: ClassVar[str] = "/receivables/{id}"


class PayablesState(_AgeState, rx.State):
    """What we owe suppliers."""

    ledger: ClassVar[str] = "supplier"
    views_of: ClassVar[str] = "payments.payables"
    row_link: ClassVar[str] = "/payables/{id}"
