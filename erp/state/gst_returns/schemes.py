"""How the company pays GST: what held and holds, and changing it from a day on."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import date_text, money_text
from erp.state.asking import DialogFormState
from erp.state.gst_returns.wording import SCHEMES, SET_SCHEME, TRADES, VIEW
from erp.state.listing import ListState

STANDINGS = {"in_force": "In force", "coming": "To come", "past": "Past"}
TONES = {"in_force": "green", "coming": "blue", "past": "gray"}


class SchemeListState(ListState, rx.State):
    """How the company pays GST, the newest first."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "gst_returns.list_schemes"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("scheme", "Pays", labels=SCHEMES, detail="trade"),
        Column("starts_on", "From", detail="ends_on"),
        Column("standing", "State", Kind.STATUS, labels=STANDINGS, tones=TONES),
        Column("reason", "Why", detail="changed_by", wide_only=True),
    )
    topics: ClassVar[tuple[str, ...]] = ("gst_returns",)

    may_change: bool = False
    today: str = ""
    turnover: str = ""
    limit: str = ""

    async def _reload(self) -> None:
        self.may_change = (await self._principal()).may(SET_SCHEME)
        await super()._reload()

    def _overlook(self, page: Any) -> None:
        self.today = SCHEMES[page.today]
        self.turnover = money_text(page.turnover)
        self.limit = money_text(page.limit) if page.limit else "Unknown"

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {
            "trade": TRADES.get(row.trade, ""),
            "starts_on": date_text(row.starts_on) if row.starts_on else "The beginning",
            "ends_on": f"until {date_text(row.ends_on)}" if row.ends_on else "",
            "changed_by": f"by {row.changed_by}" if row.changed_by else "",
        }


class ChangeSchemeState(DialogFormState, rx.State):
    """Changes how the company pays from a day on."""

    permission: ClassVar[str] = SET_SCHEME
    command: ClassVar[str] = "gst_returns.change_scheme"
    done_words: ClassVar[str] = "Changed. It counts from its day on."

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        if given.get("scheme") != "composition":
            given.pop("trade", None)
        return given

    async def _bring_up_to_date(self) -> None:
        await (await self.get_state(SchemeListState))._reload()  # noqa: SLF001  sister of this state
