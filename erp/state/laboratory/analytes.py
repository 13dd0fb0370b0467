"""Analytes: what is measured, in which unit, between which bounds."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from erp.core.formatting import plain_decimal
from erp.state import live
from erp.state.asking import DialogFormState
from erp.state.laboratory.wording import MANAGE, TOPIC, VIEW, span_text
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState
from erp.state.submitting import is_ticked

BOUNDS = (("", "everyone"), ("male", "men"), ("female", "women"))
ADULT = 18
SEXES = {"": "", "male": "men ", "female": "women "}


class AnalytesState(SessionState, rx.State):
    """Every analyte, panel by panel."""

    permission: ClassVar[str] = VIEW

    is_loading: bool = True
    search: str = ""
    rows: list[dict[str, str]] = []
    may_manage: bool = False

    @handler(permission=PAGE)
    async def open_analytes(self) -> None:
        """Show them all."""
        self.search = ""
        await self._show()

    @handler(permission=PAGE, supersedes=True)
    async def find(self, text: str) -> None:
        """Show those with some words."""
        self.search = f"{text}"[:100]
        await self._show()

    @handler(permission=PAGE, background=True)
    async def listen(self) -> None:
        """Show them again whenever something changes."""
        async for _ in live.changes(self, TOPIC):
            async with self:
                await self._show()

    async def _show(self) -> None:
        found = await self._ask("laboratory.list_analytes", {"search": self.search})
        self.rows = [_row(row) for row in found.rows]
        self.may_manage = (await self._principal()).may(MANAGE)
        self.is_loading = False


def _row(row: Any) -> dict[str, str]:
    spans = [f"{SEXES[one.sex]}{_age(one)}{span_text(one.low, one.high)}" for one in row.ranges]
    return {
        "id": f"{row.id}",
        "code": row.code,
        "name": row.name,
        "panel": row.panel,
        "loinc": row.loinc,
        "unit": row.unit or "words",
        "ranges": "; ".join(spans),
        "is_active": "yes" if row.is_active else "",
    }


def _age(one: Any) -> str:
    if one.from_years in {0, ADULT} and one.to_years is None:
        return ""
    until = f" to {one.to_years}" if one.to_years else " and older"
    return f"{one.from_years}{until}: "


class SetAnalyteState(DialogFormState, rx.State):
    """Adds an analyte, or changes one; ranges of other ages stay as they are."""

    permission: ClassVar[str] = MANAGE
    command: ClassVar[str] = "laboratory.set_analyte"

    kept: dict[str, str] = {}

    _others: list[dict[str, Any]] = []

    async def _prepare(self) -> None:
        self.kept, self._others = {"kind": "number", "decimals": "1", "is_active": "yes"}, []
        found = (await self._ask("laboratory.list_analytes")).rows
        row = next((one for one in found if f"{one.id}" == self.subject["id"]), None)
        if row is None:
            return
        adult = {one.sex: one for one in row.ranges if _is_adult(one)}
        self._others = [one.model_dump(mode="json") for one in row.ranges if not _is_adult(one)]
        self.kept = {
            **{
                name: f"{getattr(row, name)}"
                for name in ("code", "name", "panel", "loinc", "kind", "unit", "decimals")
            },
            "is_active": "yes" if row.is_active else "",
            **{
                f"{end}_{whose}": plain_decimal(value)
                if (value := getattr(adult.get(sex), end, None)) is not None
                else ""
                for sex, whose in BOUNDS
                for end in ("low", "high")
            },
        }

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        names = ("code", "name", "panel", "loinc", "kind", "unit", "idempotency_key")
        given: dict[str, Any] = {name: form.get(name) or "" for name in names}
        ranges = [_range(sex, whose, form) for sex, whose in BOUNDS]
        more = {"analyte_id": self.subject["id"]} if self.subject.get("id") else {}
        return (
            given
            | more
            | {
                "decimals": f"{form.get('decimals') or 0}",
                "ranges": [*self._others, *(one for one in ranges if one)],
                "is_active": is_ticked(form.get("is_active")),
            }
        )

    async def _done(self, result: Any) -> str:  # noqa: ARG002  the page shows it
        await (await self.get_state(AnalytesState))._show()  # noqa: SLF001  sister of this state
        return "Saved. Results that were recorded stay as they are."


def _is_adult(one: Any) -> bool:
    return one.from_years == ADULT and one.to_years is None


def _range(sex: str, whose: str, form: Mapping[str, Any]) -> dict[str, Any] | None:
    low, high = (f"{form.get(f'{end}_{whose}') or ''}".strip() for end in ("low", "high"))
    if not low and not high:
        return None
    return {"sex": sex, "from_years": ADULT, "low": low or None, "high": high or None}
