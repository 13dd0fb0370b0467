"""The expiry ladder: what is past its day, what will be soon, and telling people."""

from datetime import date
from typing import Any, ClassVar

import plotly.graph_objects as go
import reflex as rx
from reflex.event import EventSpec

from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, money_text
from erp.state.billing.return_wording import RETURN, return_form
from erp.state.catalog.wording import SHELF_TONES
from erp.state.inventory.stock import VIEW
from erp.state.inventory.wording import RUNGS
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.reporting.bars import clicked, lying_bars

ALERT = "inventory.alert"
FIRST_SHOWN = "0-30"
COLOURS = ("#e5484d", "#f5a524", "#ffca6b", "#9ec9c3")
"""Of the rungs, the most urgent first."""
_CLAIM_TONES = {"open": "green", "later": "", "closed": "red"}
"""Colour of the supplier's window."""


class ExpiryState(ListState, rx.State):
    """The ladder, and the lots of the rung that is chosen."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "inventory.list_expiring"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("label", "Product", sort="label", detail="lot_number"),
        Column(
            "expires_on", "Expiry", Kind.EXPIRY, sort="expires_on", tone="rung", tones=SHELF_TONES
        ),
        Column("days_left", "Days left", Kind.NUMBER, sort="days_left"),
        Column("location", "Place", sort="location", wide_only=True),
        Column(
            "claim_until",
            "Goes back",
            sort="claim_until",
            detail="supplier",
            tone="claim",
            tones=_CLAIM_TONES,
            wide_only=True,
        ),
        Column("mrp", "MRP", Kind.MONEY, sort="mrp", wide_only=True),
        Column("quantity", "Units", Kind.COUNT, sort="quantity"),
        Column("value", "Value", Kind.MONEY, sort="value", wide_only=True),
    )
    row_link: ClassVar[str] = "/stock/lots/{lot_id}"
    filter_keys: ClassVar[tuple[str, ...]] = ("rung",)
    part_keys: ClassVar[tuple[str, ...]] = ("rung",)
    topics: ClassVar[tuple[str, ...]] = ("inventory", "pos")

    rungs: list[dict[str, str]] = []
    chart: go.Figure = go.Figure()
    has_chart: bool = False
    may_alert: bool = False
    is_alerting: bool = False

    _today: date = date.min
    _may_return: bool = False

    def _entry(self, row: Any) -> Any:
        rung = self.filters.get("rung", FIRST_SHOWN)
        claim, words = _claim(row, self._today)
        return row.model_dump() | {
            "id": f"{row.lot_id}{row.location_id}",
            "rung": rung,
            "claim": claim,
            "claim_until": words,
        }

    def _aside(self, row: Any) -> dict[str, str]:
        is_open = self._may_return and _claim(row, self._today)[0] == "open"
        form = return_form(row.supplier_id, row.lot_id, row.location_id)
        return {"door": form if is_open else ""}

    def _chosen(self) -> dict[str, str]:
        return {"rung": FIRST_SHOWN} | super()._chosen()

    async def _reload(self) -> None:
        self._today = await self._call(lambda ctx: ctx.today)
        principal = await self._principal()
        self.may_alert, self._may_return = principal.may(ALERT), principal.may(RETURN)
        await super()._reload()
        ladder = await self._ask("inventory.expiry_ladder")
        chosen = self.filters.get("rung", FIRST_SHOWN)
        self.rungs = [_tile(rung, chosen) for rung in ladder.rungs]
        shown = list(reversed(ladder.rungs))
        notes = [counted(rung.quantity, "unit") for rung in shown]
        names = [RUNGS[rung.rung] for rung in shown]
        self.chart = lying_bars(
            names, [rung.value for rung in shown], notes, tuple(reversed(COLOURS))
        )
        self.has_chart = any(rung.lots for rung in shown)

    @handler(permission=PAGE)
    async def open_bar(self, points: list[dict[str, Any]]) -> EventSpec | None:
        """Show the lots of a clicked bar; the browser only says which one."""
        place = clicked(points, len(RUNGS))
        return None if place is None else await self._choose(list(RUNGS)[-1 - place])

    @handler(permission=PAGE)
    async def choose(self, rung: str) -> EventSpec | None:
        """Show the lots of a rung."""
        return await self._choose(rung) if rung in RUNGS else None

    async def _choose(self, rung: str) -> EventSpec:
        self.filters = {"rung": rung}
        return await self._from_the_top()

    @handler(permission=ALERT)
    async def alert(self) -> Any:
        """Tell everyone who looks after stock now, as each morning."""
        self.is_alerting = True
        yield
        try:
            found = await self._run("inventory.alert_expiring_lots", {})
        except DomainError as error:
            yield rx.toast.error(error.message)
        else:
            yield rx.toast.success(_told(found))
        finally:
            self.is_alerting = False


def _claim(row: Any, today: date) -> tuple[str, str]:
    """Return how the supplier's window stands, and the words for it."""
    if row.claim_until is None:
        return "none", ""
    if row.claim_until < today:
        return "closed", f"Until {date_text(row.claim_until)}"
    if row.claim_from > today:
        return "later", f"From {date_text(row.claim_from)}"
    return "open", f"Until {date_text(row.claim_until)}"


def _tile(rung: Any, chosen: str) -> dict[str, str]:
    is_urgent = rung.lots and rung.rung in {"expired", "0-30"}
    return {
        "rung": rung.rung,
        "label": RUNGS[rung.rung],
        "value": money_text(rung.value),
        "note": f"{counted(rung.lots, 'lot')} · {counted(rung.quantity, 'unit')}"
        if rung.lots
        else "Nothing",
        "tone": ("red" if rung.rung == "expired" else "amber") if is_urgent else "",
        "is_chosen": "true" if rung.rung == chosen else "false",
    }


def _told(found: Any) -> str:
    if not (found.expired or found.expiring):
        return "Nothing expires within 90 days, so nobody was told."
    if not found.told:
        return "Everyone was told today already; it is in their inboxes."
    people = counted(found.told, "person", "people")
    return f"Put into the inbox of {people}."
