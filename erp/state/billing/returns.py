"""Goods that went back to suppliers, and claims on suppliers: the lists."""

from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import counted, money_text
from erp.services.billing import OLD_DAYS
from erp.state.billing.bill_wording import VIEW as VIEW_BILLS
from erp.state.billing.return_wording import RETURN, STANDING_TONES, STANDINGS, VIEW
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler

AGES = {"30": "Over 30 days", "60": "Over 60 days", "90": "Over 90 days"}
_ANSWERS = {"open": "Waits", "full": "Credited", "part": "In part", "refused": "Refused"}
_ANSWER_TONES = {"open": "amber", "full": "green", "part": "amber", "refused": "red"}


class ReturnListState(ListState, rx.State):
    """What the branch sent back, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "billing.list_returns"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Debit note", sort="number", detail="supplier"),
        Column("returned_on", "Sent", Kind.DATE, sort="returned_on", wide_only=True),
        Column("units", "Units", Kind.COUNT, sort="units", wide_only=True),
        Column(
            "standing",
            "Claim",
            Kind.STATUS,
            detail="credited",
            sort="standing",
            labels=STANDINGS,
            tones=STANDING_TONES,
        ),
        Column("cost", "Cost", Kind.MONEY, wide_only=True),
        Column("total", "Asked back", Kind.MONEY, sort="total"),
    )
    row_link: ClassVar[str] = "/returns/{id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("standing", "supplier_id")
    topics: ClassVar[tuple[str, ...]] = ("billing",)

    may_return: bool = False
    may_see_claims: bool = False

    @handler(permission=PAGE)
    async def open_returns(self) -> None:
        """Learn what may be done here."""
        principal = await self._principal()
        self.may_return, self.may_see_claims = principal.may(RETURN), principal.may(VIEW_BILLS)

    def _entry(self, row: Any) -> Any:
        given = f"{money_text(row.credited)} given" if row.standing == "settled" else ""
        return row.model_dump() | {"credited": given}


class ClaimListState(ListState, rx.State):
    """Claims of the branch on suppliers, the oldest first."""

    permission: ClassVar[str] = VIEW_BILLS
    query: ClassVar[str] = "billing.list_claims"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Debit note", sort="number", detail="supplier"),
        Column("subject", "For", wide_only=True),
        Column(
            "raised_on", "Asked on", Kind.DATE, sort="raised_on", detail="age_days", wide_only=True
        ),
        Column("answer", "Answer", Kind.STATUS, "reason", labels=_ANSWERS, tones=_ANSWER_TONES),
        Column("given", "Given", Kind.MONEY, sort="given", wide_only=True),
        Column("asked", "Asked", Kind.MONEY, sort="asked"),
    )
    row_link: ClassVar[str] = "{href}"
    filter_keys: ClassVar[tuple[str, ...]] = (
        "standing",
        "older_than",
        "supplier_id",
        "raised_from",
        "raised_to",
    )
    topics: ClassVar[tuple[str, ...]] = ("billing",)

    still_asked: str = ""

    def _overlook(self, page: Any) -> None:
        self.still_asked = money_text(page.still_asked)

    def _entry(self, row: Any) -> Any:
        what_for = f"Bill {row.subject}" if row.bill_id else "Goods returned"
        href = f"/bills/{row.bill_id}" if row.bill_id else f"/returns/{row.return_id}"
        age = counted(row.age_days, "day")
        return row.model_dump() | {
            "subject": what_for,
            "href": href,
            "reason": row.reason or row.credit_note,
            "age_days": f"{age}, ask them"
            if not row.settled_at and row.age_days > OLD_DAYS
            else age,
        }
