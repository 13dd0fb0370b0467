"""GSTR-2B: importing a statement, and matching purchases with it."""

from typing import Any, ClassVar

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.clock import business_date, utc_now
from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, money_text
from erp.services.gst_returns import MOST_BYTES
from erp.state.explaining import errors_by_field
from erp.state.gst_returns.returns import months_before
from erp.state.gst_returns.wording import (
    DECISION_TONES,
    DECISIONS,
    MATCH_TONES,
    MATCHES,
    NOTES,
    PAPERS_2B,
    PREPARE,
    VIEW,
)
from erp.state.listing import ListState
from erp.state.registry import PAGE, handler
from erp.state.session import new_form_key

__all__ = ["MOST_BYTES", "MatchListState"]
LONGEST_NAME = 120


class MatchListState(ListState, rx.State):
    """Purchases of a month beside what suppliers reported."""

    permission: ClassVar[str] = VIEW
    query: ClassVar[str] = "gst_returns.list_matches"
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", "Document", detail="supplier"),
        Column("kind", "What", labels=PAPERS_2B, detail="dated_on", wide_only=True),
        Column(
            "status", "Match", Kind.STATUS, labels=MATCHES, tones=MATCH_TONES, detail="words"
        ),
        Column("books", "Tax in books", Kind.MONEY, wide_only=True),
        Column("reported", "Reported", Kind.MONEY, wide_only=True),
        Column(
            "decision", "Decision", Kind.STATUS, labels=DECISIONS, tones=DECISION_TONES, wide_only=True
        ),
        Column("claimed", "Claimed", Kind.MONEY),
    )  # fmt: skip
    row_link: ClassVar[str] = "{page}"
    filter_keys: ClassVar[tuple[str, ...]] = ("starts_on", "state")
    part_keys: ClassVar[tuple[str, ...]] = ("starts_on",)
    topics: ClassVar[tuple[str, ...]] = ("gst_returns", "billing", "expenses", "assets")

    months: list[dict[str, str]] = []
    sums: dict[str, str] = {}
    may_decide: bool = False
    file_name: str = ""
    file_words: str = ""
    file_problem: str = ""
    file_known: bool = False
    file_left_out: str = ""

    _content: str = ""
    _key: str = ""

    @handler(permission=PAGE)
    async def open_matching(self) -> None:
        """Offer the last months, the one before this first."""
        principal = await self._principal()
        self.may_decide = principal.may(PREPARE)
        self.months = months_before(business_date(utc_now(), principal.time_zone))
        self.file_name, self.file_words, self.file_problem, self._content = "", "", "", ""

    def _chosen(self) -> dict[str, str]:
        first = self.months[0]["value"] if self.months else ""
        return {"starts_on": first} | super()._chosen()

    def _entry(self, row: Any) -> Any:
        return row.model_dump() | {"dated_on": date_text(row.dated_on)}

    def _aside(self, row: Any) -> dict[str, str]:
        is_reported = row.reported_id is not None
        is_open = row.decision.value == "open"
        is_note = row.kind in NOTES
        differs = not is_note and (
            row.status.value == "amount_mismatch" or row.suggested_id is not None
        )
        return {
            "reported_id": str(row.reported_id or ""),
            "suggested_id": str(row.suggested_id or ""),
            "may_accept": "yes" if is_reported and is_open and differs else "",
            "may_wait": "yes" if is_reported and is_open else "",
            "may_open": "yes" if is_reported and not is_open else "",
        }

    def _overlook(self, page: Any) -> None:
        self.sums = {
            name: money_text(getattr(page, name)) for name in ("claimed", "waiting", "not_booked")
        } | {
            "is_imported": "yes" if page.is_imported else "",
            "not_taken_off": money_text(page.not_taken_off) if page.not_taken_off else "",
            "left_out": "; ".join(page.left_out),
        }

    @handler(permission=PREPARE)
    async def decide(self, reported_id: str, decision: str, bill_id: str) -> EventSpec:
        """Accept a reported document, let it wait, or leave it open again."""
        given = {"reported_id": f"{reported_id}", "decision": f"{decision}"}
        given |= {"bill_id": f"{bill_id}"} if bill_id else {}
        try:
            await self._run("gst_returns.decide_reported", given)
        except (ValidationError, DomainError) as error:
            return rx.toast.error(_words(error))
        await self._reload()
        return rx.toast.success(DECISIONS.get(given["decision"], "Saved."))

    @handler(permission=PREPARE)
    async def load(self, name: str, content: str) -> None:
        """Look at a file that was chosen; nothing is kept yet."""
        self.file_name, self._content = f"{name}"[:LONGEST_NAME] or "file", f"{content}"
        self.file_problem, self.file_words, self._key = "", "", new_form_key()
        try:
            found = await self._ask("gst_returns.read_2b", {"content": self._content})
        except (ValidationError, DomainError) as error:
            self.file_problem, self.file_name, self._content = _words(error), "", ""
            return
        self.file_known = found.is_known
        known = f", {found.known} of them known" if found.known else ""
        self.file_words = (
            f"{found.starts_on:%B %Y} of {found.gstin}: {counted(found.documents, 'document', 'documents')}"
            f"{known}, {counted(found.suppliers, 'supplier', 'suppliers')}, {money_text(found.tax)} tax."
        )
        self.file_left_out = "; ".join(found.left_out)

    @handler(permission=PREPARE)
    async def keep_file(self) -> EventSpec | None:
        """Import the file that was looked at."""
        if not self._content:
            return None
        given = {
            "idempotency_key": self._key, "file_name": self.file_name, "content": self._content,
        }  # fmt: skip
        try:
            done = await self._run("gst_returns.import_2b", given)
        except (ValidationError, DomainError) as error:
            self.file_problem = _words(error)
            return None
        self.file_name, self.file_words, self._content = "", "", ""
        self.filters = {**self.filters, "starts_on": f"{done.starts_on}"}
        await self._reload()
        return rx.toast.success(f"{counted(done.added, 'document', 'documents')} imported.")


def _words(error: ValidationError | DomainError) -> str:
    if isinstance(error, DomainError):
        return error.message
    return "; ".join(errors_by_field(error).values()) or "This is not possible."
