"""The loyalty programme: its terms, what customers hold, and every change of points."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import counted, group_count, money_text, plain_decimal
from erp.state.asking import DialogFormState
from erp.state.listing import ListState
from erp.state.submitting import is_ticked

VIEW = "loyalty.view"
MANAGE = "loyalty.manage"
KINDS: Mapping[str, str] = {
    "earn": "Earned",
    "spend": "Spent",
    "reverse": "Undone by a return",
    "expire": "Lapsed",
    "adjust": "Given or taken",
}
TONES: Mapping[str, str] = {
    "earn": "green",
    "spend": "blue",
    "reverse": "amber",
    "expire": "gray",
    "adjust": "gray",
}
WHAT = (
    Column("effective_at", "When", Kind.INSTANT),
    Column("kind", "What", Kind.STATUS, detail="reason", labels=KINDS, tones=TONES),
    Column("expires_on", "Lapse on", Kind.DATE, wide_only=True),
    Column("points", "Points", Kind.COUNT),
)


def with_place(row: Any) -> dict[str, Any]:
    """Return a change with the page of what is behind it: the bill, or else the customer."""
    is_bill = row.origin_type in {"sale", "return"}
    place = f"/sales/{row.origin_id}" if is_bill else f"/parties/{row.party_id}"
    return row.model_dump() | {"place": place}


class ProgrammeState(ListState, rx.State):
    """The terms above the list of changes, newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "loyalty.list_points"
    columns: ClassVar[tuple[Column, ...]] = (Column("customer", "Customer"), *WHAT)
    row_link: ClassVar[str] = "{place}"
    filter_keys: ClassVar[tuple[str, ...]] = ("party_id",)
    topics: ClassVar[tuple[str, ...]] = ("pos", "loyalty")

    terms: dict[str, str] = {}
    may_manage: bool = False

    def _entry(self, row: Any) -> Any:
        return with_place(row)

    async def _reload(self) -> None:
        await super()._reload()
        self.may_manage = (await self._principal()).may(MANAGE)
        self.terms = _terms(await self._ask("loyalty.get_programme"))


def _terms(found: Any) -> dict[str, str]:
    months = found.valid_months
    return {
        "is_active": "yes" if found.is_active else "",
        "is_set": "yes" if found.worth else "",
        "rate": f"{plain_decimal(found.points_per_rupee * 100)} per ₹100",
        "worth": money_text(found.worth),
        "minimum": counted(found.minimum_points, "point") if found.minimum_points else "Any",
        "valid": counted(months, "month") if months else "For ever",
        "outstanding": group_count(found.outstanding),
        "liability": money_text(found.liability),
        "given_back": f"{plain_decimal(found.points_per_rupee * found.worth * 100)}%",
    }


class SetProgrammeState(DialogFormState, rx.State):
    """Sets the programme; starts from the terms in force."""

    permission: ClassVar[str] = MANAGE
    command: ClassVar[str] = "loyalty.set_programme"

    was: dict[str, str] = {}

    async def _prepare(self) -> None:
        found = await self._ask("loyalty.get_programme")
        self.was = {
            "is_active": "true" if found.is_active or not found.worth else "",
            "points_per_rupee": plain_decimal(found.points_per_rupee) if found.worth else "0.01",
            "worth": f"{found.worth:.2f}" if found.worth else "1.00",
            "minimum_points": str(found.minimum_points),
            "valid_months": str(found.valid_months or ""),
        }

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return given | {"is_active": is_ticked(given.get("is_active"))}

    async def _done(self, result: Any) -> str:
        await (await self.get_state(ProgrammeState))._reload()
        return "Points are given from now on." if result.is_active else "The programme is stopped."
