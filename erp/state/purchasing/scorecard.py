"""A supplier's scorecard on their page."""

from typing import Any
from urllib.parse import urlencode

import reflex as rx
from reflex.event import EventSpec

from erp.core.errors import DomainError
from erp.core.formatting import group_count, money_text, plain_decimal
from erp.state.billing.bill_wording import VIEW as VIEW_BILLS
from erp.state.purchasing.figures import recovery_words, share_words
from erp.state.purchasing.periods import FIRST_SHOWN, PERIODS, days_of
from erp.state.purchasing.wording import VIEW
from erp.state.registry import SIGNED_IN, handler
from erp.state.session import SessionState, as_uuid
from erp.state.showing import NOTHING

SELLERS = frozenset({"supplier", "manufacturer"})


class ScorecardState(SessionState, rx.State):
    """How the supplier that the address names did in a period."""

    may_see: bool = False
    period: str = FIRST_SHOWN
    problem: str = ""
    score: dict[str, str] = {}
    links: dict[str, str] = {}

    _party_id: str = ""

    @handler(permission=SIGNED_IN)
    async def open_scorecard(self) -> None:
        """Rate the party, where it sells to us and the reader may see orders."""
        self.may_see, self.score = False, {}
        party_id = as_uuid(self.router.url.path.rstrip("/").rpartition("/")[2])
        if party_id is None or not (await self._principal()).may(VIEW):
            return
        try:
            party = await self._ask("party.get_party", {"party_id": party_id})
        except DomainError:
            return
        self._party_id = str(party_id)
        asked = dict(self.router.url.query_parameters).get("period", "")
        self.period = asked if asked in PERIODS else FIRST_SHOWN
        await self._rate()
        self.may_see = bool(SELLERS & set(party.roles))

    @handler(permission=VIEW)
    async def choose_period(self, period: str) -> EventSpec | None:
        """Rate another period."""
        if period not in PERIODS or not self._party_id:
            return None
        self.period = period
        await self._rate()
        return None

    async def _rate(self) -> None:
        today = await self._call(lambda ctx: ctx.today)
        first, last = (str(day) for day in days_of(self.period, today))
        given = {"supplier_id": self._party_id, "from_day": first, "to_day": last}
        self.problem, self.score = "", {}
        try:
            found = (await self._ask("purchasing.supplier_scorecard", given)).rows
        except DomainError as error:
            self.problem = error.message
            return
        if found:
            self.score, self.links = _score(found[0]), _links(given, found[0])
            self.score |= await self._recovery(given)

    async def _recovery(self, given: dict[str, str]) -> dict[str, str]:
        """Return what the supplier gave of what was claimed, where the reader may see claims."""
        if not (await self._principal()).may(VIEW_BILLS):
            return {"recovered": "", "credited": ""}
        rows = (await self._ask("billing.claim_recovery", given)).rows
        words = recovery_words(rows[0] if rows else None)
        share = rows[0].share if rows else None
        return words | {"recovered": _percent(share, is_signed=False)}


def _score(row: Any) -> dict[str, str]:
    shares = ("on_time", "fill", "short_life", "failed", "drift")
    words = {name: _percent(getattr(row, name), is_signed=name == "drift") for name in shares}
    return (
        share_words(row)
        | words
        | {"orders": group_count(row.orders), "value": money_text(row.value)}
    )


def _percent(share: Any, *, is_signed: bool) -> str:
    if share is None:
        return NOTHING
    sign = "+" if is_signed and share > 0 else ""
    return f"{sign}{plain_decimal(share)}%"


def _links(given: dict[str, str], row: Any) -> dict[str, str]:
    """Return where each figure's rows are; of punctuality, the late ones where there are any."""
    standing = "late" if row.on_time_units < row.due_units else "on_time"
    supplier = {"supplier_id": given["supplier_id"]}
    claims = supplier | {"raised_from": given["from_day"], "raised_to": given["to_day"]}
    asked = supplier | {"ordered_from": given["from_day"], "ordered_to": given["to_day"]}
    return {
        "orders": f"/purchases?{urlencode(asked | {'standing': 'sent'})}",
        "fill": f"/purchases?{urlencode(asked | {'standing': 'judged'})}",
        "value": f"/purchases/figures/received?{urlencode(given)}",
        "on_time": f"/purchases/figures/received?{urlencode(given | {'standing': standing})}",
        "short_life": f"/purchases/figures/received?{urlencode(given | {'standing': 'short'})}",
        "failed": f"/purchases/figures/received?{urlencode(given | {'standing': 'failed'})}",
        "recovered": f"/claims?{urlencode(claims)}",
        "drift": f"/purchases/figures/prices?{urlencode(given | {'against': 'period'})}",
    }
