"""One version of a return: figures, problems, proof, and what may be done with it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from erp.core.clock import business_date, utc_now
from erp.core.columns import Column, Kind
from erp.core.errors import DomainError
from erp.core.formatting import counted, date_text, instant_text, money_text
from erp.services import gst_returns, identity
from erp.state.asking import DialogFormState
from erp.state.gst_returns.returns import prepared_words
from erp.state.gst_returns.wording import (
    FILE,
    FORMS,
    ISSUED,
    PREPARE,
    REVIEW,
    SECTIONS,
    STATUS_TONES,
    STATUSES,
    VIEW,
    period_words,
)
from erp.state.reading import RecordState
from erp.state.registry import PAGE, handler
from erp.state.showing import display_rows

LONGEST_NAME = 120
HEADS = (
    Column("taxable", "Taxable", Kind.MONEY),
    Column("igst", "IGST", Kind.MONEY, wide_only=True),
    Column("cgst", "CGST", Kind.MONEY, wide_only=True),
    Column("sgst", "SGST", Kind.MONEY, wide_only=True),
)
FIGURE_COLUMNS = (Column("name", "Table", detail="words"), *HEADS, Column("tax", "Tax", Kind.MONEY))
"""Phones show the tax of all heads together."""
PROBLEM_COLUMNS = (
    Column("document", "Document"),
    Column("message", "What is wrong"),
    Column("weight", "Effect", wide_only=True),
)
REFUSAL_COLUMNS = (
    Column("number", "Document", detail="recipient"),
    Column("message", "Why the portal refused it", detail="code"),
    Column("table", "Table", wide_only=True),
)
DIFFERENCE_COLUMNS = (
    Column("label", "Where"),
    Column("documents", "In documents", Kind.MONEY),
    Column("books", "In the books", Kind.MONEY),
)
ACCEPTED_COLUMNS = (
    Column("label", "What"),
    Column("reason", "Why it is taken as it is"),
    Column("tax", "Tax", Kind.MONEY),
)
HSN_COLUMNS = (
    Column("hsn_sc", "HSN", Kind.CODE, detail="whom"),
    Column("rt", "Rate", Kind.PERCENT),
    Column("qty", "Units", Kind.NUMBER, detail="uqc", wide_only=True),
    Column("txval", "Taxable", Kind.MONEY),
    Column("iamt", "IGST", Kind.MONEY, wide_only=True),
    Column("camt", "CGST", Kind.MONEY, wide_only=True),
    Column("samt", "SGST", Kind.MONEY, wide_only=True),
)
ISSUED_COLUMNS = (
    Column("kind", "Documents"),
    Column("from", "From", Kind.CODE, detail="to"),
    Column("totnum", "Numbers", Kind.COUNT, wide_only=True),
    Column("cancel", "Cancelled", Kind.COUNT, wide_only=True),
    Column("net_issue", "Issued", Kind.COUNT),
)
CREDIT_COLUMNS = (Column("name", "Credit"), *HEADS[1:], Column("tax", "Tax", Kind.MONEY))
PAID_COLUMNS = (
    Column("name", "Paid", detail="words"),
    Column("amount", "Amount", Kind.MONEY),
)


class GstReturnState(RecordState, rx.State):
    """A version of a return."""

    permission: ClassVar[str] = VIEW
    topics: ClassVar[tuple[str, ...]] = ("gst_returns",)

    figures: list[dict[str, str]] = []
    problems: list[dict[str, str]] = []
    refusals: list[dict[str, str]] = []
    differences: list[dict[str, str]] = []
    accepted: list[dict[str, str]] = []
    hsn: list[dict[str, str]] = []
    issued: list[dict[str, str]] = []
    paid: list[dict[str, str]] = []
    credit: list[dict[str, str]] = []
    is_busy: bool = False
    report_problem: str = ""

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        found = await self._ask("gst_returns.get_return", {"return_id": record_id})
        zone = principal.time_zone
        base = f"/gst/rows?return_id={record_id}&part="
        is_first = found.form == "gstr1"
        rows = _sections(found.figures) if is_first else _cells(found.figures, found.form)
        self.figures = display_rows(rows, FIGURE_COLUMNS, zone, base + "{id}")
        wrong = [_problem(row, at) for at, row in enumerate(found.problems)]
        self.problems = _with_matters(wrong, PROBLEM_COLUMNS, zone)
        gaps = [_difference(row, at) for at, row in enumerate(found.differences)]
        self.differences = _with_matters(gaps, DIFFERENCE_COLUMNS, zone)
        taken = [_taken(row, at) for at, row in enumerate(found.figures.get("accepted", ()))]
        self.accepted = _with_matters(taken, ACCEPTED_COLUMNS, zone)
        self.hsn = display_rows(_hsn(found.figures), HSN_COLUMNS, zone, base + "hsn:{hsn_sc}")
        self.issued = display_rows(_issued(found.figures), ISSUED_COLUMNS, zone, "")
        self.paid = display_rows(_paid(found.figures), PAID_COLUMNS, zone, "")
        self.credit = display_rows(_credit(found.figures), CREDIT_COLUMNS, zone, "")
        self.head = _head(found, principal)
        self.report_problem = ""
        refused = await self._ask("gst_returns.list_refusals", {"return_id": record_id})
        told = [_refusal(row, at) for at, row in enumerate(refused.rows)]
        self.refusals = display_rows(told, REFUSAL_COLUMNS, zone, "{page}")

    @handler(permission=PAGE)
    async def prepare_again(self) -> EventSpec | None:
        """Work the return out again from what is posted now."""
        if self.is_busy:
            return None
        given = {name: self.head[name] for name in ("gstin", "form", "starts_on")}
        months = 3 if self.head["quarter"] else 1
        return await self._do("gst_returns.prepare_return", given | {"months": months})

    @handler(permission=PAGE)
    async def review(self) -> EventSpec | None:
        """State that the return is right."""
        return await self._do("gst_returns.review_return", {"return_id": self.head["id"]})

    @handler(permission=PREPARE)
    async def load_report(self, name: str, content: str) -> EventSpec | None:
        """Keep the portal's error report and show the rows that it refused."""
        given = {
            "return_id": self.head["id"],
            "file_name": f"{name}"[:LONGEST_NAME] or "file",
            "content": f"{content}",
        }
        try:
            done = await self._run("gst_returns.record_refusals", given)
        except ValidationError:
            self.report_problem = "The file is too large. Load the report of fewer rows."
            return None
        except DomainError as error:
            self.report_problem = error.message
            return None
        await self._show()
        if done.refused:
            return rx.toast.warning(f"The portal refused {counted(done.refused, 'row', 'rows')}.")
        return rx.toast.success("The portal took every row.")

    async def _do(self, command: str, given: Mapping[str, Any]) -> EventSpec | None:
        self.is_busy = True
        try:
            done = await self._run(command, given)
        except (ValidationError, DomainError) as error:
            words = error.message if isinstance(error, DomainError) else "This is not possible."
            return rx.toast.error(words)
        finally:
            self.is_busy = False
        if command == "gst_returns.prepare_return":
            return [rx.toast.success(prepared_words(done)), rx.redirect(f"/gst/{done.id}")]  # type: ignore[return-value]
        await self._show()
        return rx.toast.success("Reviewed.")


class FileReturnState(DialogFormState, rx.State):
    """Marking a return as filed."""

    permission: ClassVar[str] = FILE
    command: ClassVar[str] = "gst_returns.file_return"
    subject_field: ClassVar[str] = "return_id"

    def _payload(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        given = dict(super()._payload(form))
        return given | {"arn": f"{given.get('arn', '')}".strip().upper()}

    async def _succeeded(self, result: Any) -> Sequence[EventSpec]:
        self.is_open = False
        return [
            rx.toast.success("Filed. The taxes of this period are locked."),
            rx.redirect(f"/gst/{result.id}"),
            GstReturnState.open_record,
        ]


def _head(found: Any, principal: identity.Principal) -> dict[str, str]:
    is_newest = found.version == found.newest
    is_open = is_newest and found.status != "filed"
    is_over = found.ends_on < business_date(utc_now(), principal.time_zone)
    is_file = is_newest and not found.blocking
    is_ready = is_open and not found.blocking
    reviewed = f" and reviewed by {found.reviewer}" if found.reviewer else ""
    total = found.figures["total"]
    own = principal.user_id == found.prepared_by
    made_at = instant_text(found.prepared_at, principal.time_zone)
    planned = f", to be filed on {date_text(found.to_be_filed_on)}" if found.to_be_filed_on else ""
    return {
        "id": str(found.id),
        "title": f"{FORMS[found.form]} {period_words(found.starts_on, found.ends_on)}",
        "form": found.form,
        "gstin": found.gstin,
        "starts_on": str(found.starts_on),
        "is_quarterly": "yes" if found.form == "cmp08" else "",
        "days": _days(found.figures),
        "quarter": "yes" if found.ends_on.month != found.starts_on.month else "",
        "is_first": "yes" if found.form == "gstr1" else "",
        "status": STATUSES[found.status],
        "tone": STATUS_TONES[found.status],
        "version": f"{found.version}",
        "newest_href": "" if is_newest else f"/gst/{found.newest_id}",
        "tax": money_text(found.tax),
        "taxable": money_text(Decimal(_supplied(found.figures)["taxable"])),
        "cash": money_text(_tax(found.figures.get("cash", total))),
        "proof": _proof(found),
        "proof_tone": "red" if found.differences else "green",
        "blocking": counted(found.blocking, "matter", "matters") if found.blocking else "",
        "documents": f"{found.figures.get('documents', '')}",
        "made": f"by {found.preparer}{reviewed}, {made_at}{planned if is_open else ''}",
        "filed": f"Filed on {date_text(found.filed_on)} by {found.filer} under {found.arn}. Its period is locked."
        if found.filed_on
        else "",
        "sha256": found.sha256[:16],
        "href": "" if not (is_file and is_over) else f"/api/erp/gst-returns/{found.id}/portal.json",
        "may_prepare": "yes" if is_open and principal.may(PREPARE) else "",
        "may_accept": "yes"
        if is_open and principal.may(PREPARE) and principal.may(REVIEW)
        else "",
        "may_report": "yes" if is_ready and found.form == "gstr1" and principal.may(PREPARE) else "",
        "may_review": "yes"
        if is_ready and found.status == "prepared" and not own and principal.may(REVIEW)
        else "",
        "may_file": "yes" if is_ready and not found.needs_review and principal.may(FILE) else "",
        "waits": "yes" if is_ready and found.needs_review else "",
    }  # fmt: skip


def _days(figures: Mapping[str, Any]) -> str:
    """Return the days of a CMP-08 that are paid by composition."""
    if "from" not in figures:
        return ""
    first, last = (date.fromisoformat(figures[name]) for name in ("from", "to"))
    return f"{date_text(first)} to {date_text(last)}"


def _supplied(figures: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what was supplied: all of a GSTR-1 and a CMP-08, the taxable part of a GSTR-3B."""
    cells = figures.get("cells", {})
    found: Mapping[str, str] = cells.get("3.1(a)") or cells.get("3(1)") or figures["total"]
    return found


def _tax(heads: Mapping[str, str]) -> Decimal:
    return sum((Decimal(heads[name]) for name in ("igst", "cgst", "sgst")), Decimal("0.00"))


def _proof(found: Any) -> str:
    if found.figures["differences"]:
        return counted(found.figures["differences"], "difference", "differences")
    return "Equal"


def _row(key: str, name: str, words: str, heads: Mapping[str, str]) -> dict[str, Any]:
    amounts = {column.key: Decimal(heads[column.key]) or None for column in HEADS}
    return {"id": key, "name": name, "words": words, "tax": _tax(heads) or None} | amounts


def _sections(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        _row(key, f"{table} {words}", counted(found["documents"], "document", "documents"), found)
        for key, (table, words) in SECTIONS.items()
        if (found := figures["sections"].get(key)) and found["documents"]
    ]


def _cells(figures: Mapping[str, Any], form: str) -> list[dict[str, Any]]:
    words = gst_returns.CELLS_CMP08 if form == "cmp08" else gst_returns.CELLS
    cells = figures["cells"]
    return [_row(key, key, told, cells[key]) for key, told in words.items() if key in cells]


def _credit(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return how the accounts of input tax lead to the credit that is claimed, without lines of nothing."""
    lines = figures.get("credit", {})
    return [
        _row(key, told, "", lines[key])
        for key, told in gst_returns.CREDIT_LINES.items()
        if key in lines and _tax(lines[key])
    ]


def _problem(row: Mapping[str, Any], at: int) -> dict[str, Any]:
    weight = "Keeps it in the house" if row["is_blocking"] else "To be looked at"
    return {**row, "id": str(at), "weight": weight}


def _refusal(row: Any, at: int) -> dict[str, Any]:
    table, words = SECTIONS.get(row.section, ("", row.section.upper()))
    return {
        "id": str(at),
        "number": row.number or "The table",
        "recipient": row.recipient or row.party,
        "message": row.message,
        "code": row.code,
        "table": f"{table} {words}".strip(),
        "page": row.page,
    }


SIDES = ("documents", "books")


def _difference(row: Mapping[str, Any], at: int) -> dict[str, Any]:
    sums = {side: _tax(row[side]) or Decimal(row[side]["taxable"]) for side in SIDES}
    return {**row, "id": str(at)} | sums


def _taken(row: Mapping[str, Any], at: int) -> dict[str, Any]:
    """Return an accepted matter; versions of old name the page of a matter alone."""
    label, page = row.get("label", row["matter"]), row.get("page", "")
    return {**row, "id": str(at), "label": label, "page": page, "tax": Decimal(row["tax"]) or None}


def _with_matters(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], zone: str
) -> list[dict[str, str]]:
    """Return rows as text, each with the matter by which it is accepted."""
    shown = display_rows(rows, columns, zone, "{page}")
    return [one | {"matter": row["matter"]} for one, row in zip(shown, rows, strict=True)]


def _hsn(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    whom = {"hsn_b2b": "Registered", "hsn_b2c": "Unregistered"}
    return [
        {name: Decimal(value) if name in _AMOUNTS else value for name, value in row.items()}
        | {"id": f"{kind}{row['num']}", "whom": whom[kind]}
        for kind, rows in figures.get("hsn", {}).items()
        for row in rows
    ]


_AMOUNTS = {"rt", "qty", "txval", "iamt", "camt", "samt"}


def _issued(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        row | {"id": f"{kind['doc_num']}-{row['num']}", "kind": ISSUED[kind["doc_num"]]}
        for kind in figures.get("issued", [])
        for row in kind["docs"]
    ]


def _paid(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "cash" not in figures:
        return []
    credit = [
        {
            "id": f"{step['use']}{step['against']}",
            "name": f"{step['against'].upper()} by {step['use'].upper()} credit",
            "words": "",
            "amount": Decimal(step["amount"]),
        }
        for step in figures.get("steps", ())
    ]
    cash = [
        {
            "id": f"cash{name}",
            "name": f"{name.upper()} in cash",
            "words": "From the cash ledger, whole rupees",
            "amount": Decimal(figures["cash"][name]),
        }
        for name in ("igst", "cgst", "sgst")
        if Decimal(figures["cash"][name])
    ]
    if "left" not in figures:
        return cash
    left = {
        "id": "left",
        "name": "Credit carried forward",
        "words": "",
        "amount": _tax(figures["left"]),
    }
    return [*credit, *cash, left]
