"""GSTR-4: the year by composition, its figures, the rows behind each, and its file."""

from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.clock import business_date, fiscal_year, fiscal_year_start, utc_now
from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import money_text
from erp.services import gst_returns
from erp.state.gst_returns.wording import VIEW
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.showing import display_rows

YEARS_BACK = 6
HEADS = tuple(
    Column(head, head.upper(), Kind.MONEY, wide_only=True) for head in ("igst", "cgst", "sgst")
)
FIGURES = [
    (name, f"{name}: {words.partition(',')[0].lower()}")
    for name, words in gst_returns.CELLS_GSTR4.items()
]
"""Figures to choose from."""
FIGURE_COLUMNS = (
    Column("name", "Table", detail="words"),
    Column("taxable", "Value", Kind.MONEY),
    *HEADS,
    Column("tax", "Tax", Kind.MONEY),
)
WRONG_COLUMNS = (
    Column("document", "Document"),
    Column("message", "What is wrong"),
    Column("weight", "Effect", wide_only=True),
)


class Gstr4State(ListState, rx.State):
    """Rows behind a figure of a year's GSTR-4, beside all its figures."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "gst_returns.list_year_rows"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Document", detail="party"),
        Column("day", "Day", Kind.DATE, wide_only=True),
        Column("gstin", "GSTIN", Kind.CODE, wide_only=True),
        Column("rate", "Rate", Kind.PERCENT, wide_only=True),
        Column("taxable", "Value", Kind.MONEY),
        Column("igst", "IGST", Kind.MONEY, wide_only=True),
        Column("cgst", "CGST", Kind.MONEY, wide_only=True),
        Column("sgst", "SGST", Kind.MONEY, wide_only=True),
    )
    row_link: ClassVar[str] = "{page}"
    filter_keys: ClassVar[tuple[str, ...]] = ("year_from", "part", "gstin")
    part_keys: ClassVar[tuple[str, ...]] = filter_keys
    topics: ClassVar[tuple[str, ...]] = ("gst_returns", "billing")

    years: list[dict[str, str]] = []
    registrations: list[dict[str, str]] = []
    figures: list[dict[str, str]] = []
    wrong: list[dict[str, str]] = []
    sums: dict[str, str] = {}

    @handler(permission=PAGE)
    async def open_year(self) -> None:
        """Offer the last financial years and the registrations."""
        principal = await self._principal()
        first = fiscal_year_start(business_date(utc_now(), principal.time_zone))
        starts = [first.replace(year=first.year - back) for back in range(YEARS_BACK)]
        ordered = [*starts[1:], starts[0]]
        self.years = [{"value": f"{day}", "label": fiscal_year(day)} for day in ordered]
        found = await self._ask("gst_returns.list_registrations", {})
        self.registrations = [
            {"value": row.gstin, "label": f"{row.gstin} {row.state}"} for row in found.rows
        ]

    def _chosen(self) -> dict[str, str]:
        last = self.years[0]["value"] if self.years else ""
        return {"year_from": last, "part": "6 out"} | super()._chosen()

    async def _reload(self) -> None:
        """Show the year's figures, then the rows of the one that is looked at."""
        self.figures, self.wrong, self.sums = [], [], {}
        try:
            found = await self._ask("gst_returns.get_year", self._year())
        except (ValidationError, DomainError):
            await super()._reload()
            return
        self._show(found)
        await super()._reload()

    def _year(self) -> dict[str, str]:
        chosen = self._chosen()
        return {key: chosen[key] for key in ("year_from", "gstin") if chosen.get(key)}

    def _show(self, found: Any) -> None:
        rows = [
            {"id": name, "name": name, "words": gst_returns.CELLS_GSTR4[name], **heads.model_dump()}
            for name, heads in found.cells.items()
        ]
        link = f"/gst/gstr-4?year_from={found.starts_on}&part={{id}}"
        self.figures = display_rows(rows, FIGURE_COLUMNS, "Asia/Kolkata", link)
        self.wrong = display_rows(_wrong(found), WRONG_COLUMNS, "Asia/Kolkata", "{page}")
        self.sums = {
            "supplied": money_text(found.cells["6 out"].taxable),
            "before": f"{money_text(found.before)} the year before",
            "rest": money_text(found.rest.tax),
            "proof": "Equal" if not found.differences else f"{len(found.differences)} differences",
            "may_export": "" if found.blocking else "yes",
        }

    @handler(permission=VIEW)
    async def export(self) -> EventSpec:
        """Hand the year's file out."""
        try:
            file = await self._ask("gst_returns.get_year_file", self._year())
        except (ValidationError, DomainError) as error:
            why = error.message if isinstance(error, DomainError) else "Load the page again."
            return rx.toast.error(why)
        return rx.download(data=file.content, filename=file.file_name)


def _wrong(found: Any) -> list[dict[str, str]]:
    """Return what keeps the file in the house, then what is only pointed at."""
    gaps = [
        {
            "id": f"gap {at}",
            "document": one["label"],
            "page": one["page"],
            "message": "The books have another amount than the documents.",
            "weight": "Keeps it in the house",
        }
        for at, one in enumerate(found.differences)
    ]
    return gaps + [
        {
            "id": f"problem {at}",
            "document": one["document"],
            "page": one["page"],
            "message": one["message"],
            "weight": "Keeps it in the house" if one["is_blocking"] else "To be looked at",
        }
        for at, one in enumerate(found.problems)
    ]
