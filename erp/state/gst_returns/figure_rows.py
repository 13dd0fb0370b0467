"""The rows behind one figure of a return."""

from typing import Any, ClassVar

import reflex as rx

from erp.core.columns import Column, Kind
from erp.core.formatting import money_text
from erp.services import gst_returns
from erp.state.gst_returns.wording import SECTIONS, VIEW
from erp.state.listing import ListState

CELLS = {**gst_returns.CELLS, **gst_returns.CELLS_CMP08}


class FigureRowsState(ListState, rx.State):
    """Lines of documents, or purchases, that make up a figure."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "gst_returns.list_figure_rows"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Document", detail="party"),
        Column("day", "Day", Kind.DATE, wide_only=True),
        Column("gstin", "GSTIN", Kind.CODE, detail="place", wide_only=True),
        Column("hsn", "HSN", Kind.CODE, wide_only=True),
        Column("rate", "Rate", Kind.PERCENT, wide_only=True),
        Column("taxable", "Taxable", Kind.MONEY),
        Column("igst", "IGST", Kind.MONEY, wide_only=True),
        Column("cgst", "CGST", Kind.MONEY, wide_only=True),
        Column("sgst", "SGST", Kind.MONEY, wide_only=True),
    )
    row_link: ClassVar[str] = "{page}"
    filter_keys: ClassVar[tuple[str, ...]] = ("return_id", "part")
    part_keys: ClassVar[tuple[str, ...]] = ("return_id", "part")

    title: str = ""
    back: str = "/gst"
    sums: dict[str, str] = {}

    async def _reload(self) -> None:
        """Show the rows, or say where to come from when the address names no figure."""
        if {"return_id", "part"} <= self.filters.keys():
            await super()._reload()
            return
        self.problem = "This address names no figure. Open a return, and click a figure in it."
        self.rows, self.is_loading = [], False

    def _entry(self, row: Any) -> Any:
        place = f"Place of supply {row.place}" if row.place else ""
        parts = (row.document_id, row.hsn, row.rate, row.taxable, row.igst, row.cgst)
        return row.model_dump() | {"id": " ".join(str(part) for part in parts), "place": place}

    def _overlook(self, page: Any) -> None:
        part = self.filters.get("part", "")
        words = SECTIONS[part][1] if part in SECTIONS else CELLS.get(part, "")
        self.title = words or part.replace("hsn:", "HSN ")
        self.back = f"/gst/{self.filters.get('return_id', '')}"
        self.sums = {"taxable": money_text(page.taxable), "tax": money_text(page.tax)}
