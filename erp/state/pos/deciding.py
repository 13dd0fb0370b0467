"""Approvals that tills ask for, decided from anywhere."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import money_text, plain_decimal
from erp.state.asking import DialogFormState
from erp.state.listing import ListState

APPROVE = "pos.approve"
STATUSES: Mapping[str, str] = {
    "waiting": "Waiting",
    "approved": "Approved",
    "refused": "Refused",
    "withdrawn": "Withdrawn",
}
TONES: Mapping[str, str] = {
    "waiting": "amber",
    "approved": "green",
    "refused": "red",
    "withdrawn": "gray",
}


class ApprovalListState(ListState, rx.State):
    """Requests, newest first; those that wait can be decided."""

    permission: ClassVar[str] = APPROVE
    query: ClassVar[str] = "pos.list_approval_requests"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("level", "What", detail="reason"),
        Column("about", "Bill", wide_only=True),
        Column("asked_by", "Asked by", detail="register_name"),
        Column("asked_at", "When", Kind.INSTANT, wide_only=True),
        Column("status", "Status", Kind.STATUS, detail="answer", labels=STATUSES, tones=TONES),
    )
    filter_keys: ClassVar[tuple[str, ...]] = ("status",)
    topics: ClassVar[tuple[str, ...]] = ("pos",)

    def _entry(self, row: Any) -> Any:
        outcome = f"{row.decided_by}: {row.answer}" if row.answer else row.decided_by
        return row.model_dump() | {
            "level": _level_text(row),
            "answer": outcome,
        }


KINDS: Mapping[str, str] = {"discount": "Discount", "return": "Return"}


class GivenListState(ListState, rx.State):
    """Approvals that were given, at the till or from elsewhere, newest first."""

    permission: ClassVar[str] = "pos.view"
    query: ClassVar[str] = "pos.list_approvals"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("level", "What", sort="level", detail="reason"),
        Column("number", "Bill", sort="number", wide_only=True),
        Column("requested_by", "Asked by", sort="requested_by"),
        Column("approved_by", "Approved by", sort="approved_by"),
        Column("approved_at", "When", Kind.INSTANT, sort="approved_at"),
    )
    row_link: ClassVar[str] = "{href}"
    filter_keys: ClassVar[tuple[str, ...]] = ("kind", "from_day", "to_day")
    topics: ClassVar[tuple[str, ...]] = ("pos",)

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "level": _level_text(row),
            "href": f"/sales/{row.sale_id}" if row.sale_id else "",
        }


def _level_text(row: Any) -> str:
    amount = plain_decimal(row.level) + "%" if row.kind == "discount" else money_text(row.level)
    return f"{row.kind.capitalize()} of {amount}"


class DecideState(DialogFormState, rx.State):
    """Approves or refuses with the manager's own PIN, which is kept nowhere."""

    permission: ClassVar[str] = APPROVE
    command: ClassVar[str] = "pos.decide_approval"
    subject_field: ClassVar[str] = "request_id"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return given | {"is_granted": given.get("is_granted") == "yes"}

    async def _succeeded(self, result: Any) -> Any:
        if result.status == "waiting":
            self.field_errors = {"pin": result.message}
            return []
        return await super()._succeeded(result)

    async def _done(self, result: Any) -> str:
        await (await self.get_state(ApprovalListState))._reload()
        return f"{result.message} The till goes on by itself."
