"""The share of common credit that exempt supplies bear: its figures, what purchases serve, and giving it back."""

from decimal import Decimal
from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.clock import business_date, utc_now
from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import date_text, money_text
from erp.state.explaining import errors_by_field
from erp.state.gst_returns.returns import months_before
from erp.state.gst_returns.wording import RECORD, SHARE_WORDS, USES, VIEW
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.session import new_form_key
from erp.state.showing import display_rows

HEADS = tuple(
    Column(head, head.upper(), Kind.MONEY, wide_only=True) for head in ("igst", "cgst", "sgst")
)
SHARE_COLUMNS = (
    Column("name", "Figure", detail="words"), *HEADS, Column("tax", "Tax", Kind.MONEY)
)  # fmt: skip


class CommonCreditState(ListState, rx.State):
    """Purchases of a period that may serve exempt supplies too, and the share they bear."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "gst_returns.list_common_credit"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Document", detail="supplier"),
        Column("is_capital", "Capital good", Kind.YES_NO, wide_only=True),
        Column("use", "Serves", Kind.STATUS, labels=USES, tones={"common": "blue"}),
        Column("tax", "Credit", Kind.MONEY),
    )
    row_link: ClassVar[str] = "{page}"
    filter_keys: ClassVar[tuple[str, ...]] = ("starts_on", "is_year", "is_private_too", "gstin")
    part_keys: ClassVar[tuple[str, ...]] = filter_keys
    topics: ClassVar[tuple[str, ...]] = ("gst_returns", "billing", "expenses", "assets")

    months: list[dict[str, str]] = []
    registrations: list[dict[str, str]] = []
    figures: list[dict[str, str]] = []
    sums: dict[str, str] = {}
    may_record: bool = False

    _uses: dict[str, str] = {}
    _rest: Decimal = Decimal("0.00")
    _key: str = ""

    @handler(permission=PAGE)
    async def open_share(self) -> None:
        """Offer the last months and the registrations; forget what was tried before."""
        principal = await self._principal()
        self.may_record = principal.may(RECORD)
        self.months = months_before(business_date(utc_now(), principal.time_zone))
        self._uses, self._key = {}, new_form_key()
        found = await self._ask("gst_returns.list_registrations", {})
        self.registrations = [
            {"value": row.gstin, "label": f"{row.gstin} {row.state}"} for row in found.rows
        ]

    def _chosen(self) -> dict[str, str]:
        first = self.months[0]["value"] if self.months else ""
        return {"starts_on": first} | super()._chosen()

    def _wanted(self) -> dict[str, Any]:
        uses = [{"input_id": one, "use": use} for one, use in self._uses.items()]
        return super()._wanted() | {"uses": uses}

    def _aside(self, row: Any) -> dict[str, str]:
        return {"served": row.use.value}

    def _overlook(self, page: Any) -> None:
        self._rest = page.rest.tax
        heads = {name: found.model_dump() for name, found in page.figures.items()}
        rows = [
            {"id": name, "name": name, "words": SHARE_WORDS[name], **found}
            for name, found in heads.items()
        ]
        self.figures = display_rows(rows, SHARE_COLUMNS, "Asia/Kolkata", "")
        days = f"{date_text(page.starts_on)} to {date_text(page.ends_on)}"
        self.sums = {
            "exempt": money_text(page.exempt),
            "turnover": f"Of {money_text(page.turnover)}, {days}",
            "to_reverse": money_text(page.to_reverse.tax),
            "recorded": f"{money_text(page.recorded.tax)} of it recorded",
            "rest": money_text(abs(page.rest.tax)),
            "rest_words": "To give back" if page.rest.tax >= 0 else "Given back too much",
            "booked_on": f"Booked on {date_text(page.booked_on)}",
            "may_post": "yes" if any((page.rest.igst, page.rest.cgst, page.rest.sgst)) else "",
        }

    @handler(permission=RECORD)
    async def serve(self, input_id: str, use: str) -> None:
        """Work the share out with another use of a purchase; kept when it is posted."""
        self._uses = {**self._uses, f"{input_id}": f"{use}"}
        await self._reload()

    @handler(permission=RECORD)
    async def post(self) -> EventSpec:
        """Give back what is shown."""
        given = {key: value for key, value in self._wanted().items() if key not in OF_LIST}
        given |= {"agreed": f"{self._rest}", "idempotency_key": self._key}
        try:
            done = await self._run("gst_returns.share_common_credit", given)
        except (ValidationError, DomainError) as error:
            return rx.toast.error(_words(error))
        self._uses, self._key = {}, new_form_key()
        await self._reload()
        return rx.toast.success(f"{money_text(done.tax)} of common credit given back.")


OF_LIST = frozenset({"limit", "search", "sort", "cursor"})


def _words(error: ValidationError | DomainError) -> str:
    if isinstance(error, DomainError):
        return error.message
    return "; ".join(errors_by_field(error).values()) or "This is not possible."
