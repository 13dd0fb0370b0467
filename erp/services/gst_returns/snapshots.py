"""A return worked out from the documents of its period: file, figures, and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.models.gst_returns import ReturnForm
from erp.services.gst_returns.checking import MOST_SHOWN, Problem, problems_of
from erp.services.gst_returns.claiming import Claims, read_claims
from erp.services.gst_returns.credit_ledger import opening_credit
from erp.services.gst_returns.gstr1 import gstr1
from erp.services.gst_returns.gstr3b import Cells, gstr3b, gstr3b_cells, inter_state_rows
from erp.services.gst_returns.heads import NAMES, Heads
from erp.services.gst_returns.law import FEWEST_DIGITS, LAW, LimitKind, limit_on
from erp.services.gst_returns.outward import Entry, Outward, Section, classify, total_of
from erp.services.gst_returns.portal_text import portal_text
from erp.services.gst_returns.proving import Difference, outward_differences
from erp.services.gst_returns.reading_outward import read_outward
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.setting_off import SetOff, in_rupees, set_off
from erp.services.gst_returns.tax_period import TaxPeriod


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed for a period.

    Attributes:
        tax: On the period's supplies, all heads.
        cells: Of a GSTR-3B; empty for a GSTR-1. paid: How they are paid.
    """

    tax: Decimal
    cells: Cells = field(default_factory=dict)
    paid: SetOff = field(default_factory=lambda: set_off(Heads(), Heads()))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A return as of now.

    Attributes:
        portal: Text of the portal's file.
        figures: Sums as text, for the page.
        blocking: How many problems and differences keep it in the house.
    """

    portal: str
    figures: dict[str, Any]
    problems: list[Problem]
    differences: list[Difference]
    blocking: int
    owed: Owed

    @property
    def sha256(self) -> str:
        """Digest of the file."""
        return sha256(self.portal.encode()).hexdigest()


def take_snapshot(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    form: ReturnForm,
    period: TaxPeriod,
) -> Snapshot:
    """Work out a return from what is posted; reads only."""
    documents = read_outward(session, ctx, registration, period)
    entries = classify(documents, b2cl_limit)
    tax, differences = outward_differences(session, ctx, registration, period)
    if form is ReturnForm.GSTR1:
        return _gstr1(registration, period, documents, entries, (tax, differences))
    return _gstr3b(session, ctx, registration, period, entries, differences)


def b2cl_limit(day: date) -> Decimal:
    """Return the value above which an invoice to another state's unregistered buyer stands by itself."""
    return limit_on(LAW, LimitKind.B2CL, day)


def _gstr1(
    registration: Registration,
    period: TaxPeriod,
    documents: Sequence[Outward],
    entries: Sequence[Entry],
    proof: tuple[Heads, list[Difference]],
) -> Snapshot:
    booked, differences = proof
    problems = problems_of(registration.gstin, documents, FEWEST_DIGITS)
    file = gstr1(registration.gstin, period.fp, documents, entries)
    total = total_of(entries)
    figures = {
        "sections": {section.value: _section(section, entries) for section in Section},
        "total": total.texts(),
        "booked": booked.texts(),
        "documents": len(documents),
        "hsn": {name: [_row(row) for row in rows] for name, rows in file.get("hsn", {}).items()},
        "issued": file.get("doc_issue", {}).get("doc_det", []),
    }
    return _sealed(file, figures, problems, differences, Owed(total.tax))


def _section(section: Section, entries: Sequence[Entry]) -> dict[str, Any]:
    own = [entry for entry in entries if entry.section is section]
    documents = {id(entry.document) for entry in own}
    return {"documents": len(documents), **total_of(own).texts()}


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: f"{value}" if isinstance(value, Decimal) else value for name, value in row.items()
    }


def _gstr3b(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    period: TaxPeriod,
    entries: Sequence[Entry],
    differences: list[Difference],
) -> Snapshot:
    side, claims = read_claims(session, ctx, registration, period)
    cells = gstr3b_cells(entries, claims.inward, side.changes)
    opening = (opening_credit(session, ctx, registration, period) - claims.waited).not_negative()
    liability = liability_of(cells)
    credit = (opening + cells["4(C)"]).not_negative()
    paid = set_off(liability, credit)
    reverse = cells["3.1(d)"].tax_only()
    figures = {
        "cells": {name: heads.texts() for name, heads in cells.items()},
        "inter": [
            {"pos": place, **heads.texts()}
            for place, heads in inter_state_rows(entries, composition=False)
        ],
        "opening": opening.texts(),
        "liability": liability.texts(),
        "steps": [
            {"use": step.use, "against": step.against, "amount": f"{step.amount}"}
            for step in paid.steps
        ],
        "cash": (in_rupees(paid.cash) + in_rupees(reverse)).texts(),
        "left": paid.left.texts(),
        "held": claims.held_texts(),
        "total": (liability + reverse).texts(),
        "booked": side.booked.texts(),
    }
    file = gstr3b(registration.gstin, period.fp, cells, entries)
    problems = [*_negatives(cells), *_unproved(claims)]
    found = [*differences, *side.differences]
    owed = Owed(liability.tax + reverse.tax, cells, paid)
    return _sealed(file, figures, problems, found, owed)


def liability_of(cells: Cells) -> Heads:
    """Return the tax on outward supplies that credit may pay."""
    return (cells["3.1(a)"] + cells["3.1(b)"]).tax_only().not_negative()


def _negatives(cells: Cells) -> list[Problem]:
    below = [getattr(cells["3.1(a)"], name) for name in NAMES if getattr(cells["3.1(a)"], name) < 0]
    if not below:
        return []
    amount = money_text(sum(below))
    message = (
        f"More came back than was sold: {amount}. The portal takes nothing below zero;"
        " take the rest off the next month's figures."
    )
    return [Problem("negative", "3.1(a)", "/gst", message, is_blocking=False)]


def _unproved(claims: Claims) -> list[Problem]:
    if claims.is_asked:
        return []
    message = (
        "GSTR-2B of this period is not imported, so credit is claimed as the books have it."
        " Import it: credit that the supplier did not report waits."
    )
    return [Problem("no_2b", "4(A)(5)", "/gst/matching", message, is_blocking=False)]


def _sealed(
    file: dict[str, Any],
    figures: dict[str, Any],
    problems: list[Problem],
    differences: list[Difference],
    owed: Owed,
) -> Snapshot:
    return Snapshot(
        portal=portal_text(file),
        figures=figures | {"problems": len(problems), "differences": len(differences)},
        problems=problems[:MOST_SHOWN],
        differences=differences[:MOST_SHOWN],
        blocking=sum(problem.is_blocking for problem in problems) + len(differences),
        owed=owed,
    )
