"""A return worked out from the documents of its period: file, figures, and what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.models.gst_returns import ReturnForm
from erp.services.gst_returns.accepting import without_accepted
from erp.services.gst_returns.advances import ADVANCE_TABLES, total_of_advances
from erp.services.gst_returns.checking import (
    MOST_SHOWN,
    Problem,
    foreign_notes,
    lapsed_credit,
    problems_of,
)
from erp.services.gst_returns.claiming import Claims, read_claims
from erp.services.gst_returns.cmp08 import DUE_AGAIN, cmp08, cmp08_cells
from erp.services.gst_returns.credit_ledger import opening_credit
from erp.services.gst_returns.errors import WrongTaxPeriod
from erp.services.gst_returns.gstr1 import gstr1
from erp.services.gst_returns.gstr3b import (
    OUTWARD_CELLS,
    Cells,
    gstr3b,
    gstr3b_cells,
    inter_state_stated,
)
from erp.services.gst_returns.heads import NOTHING, Heads
from erp.services.gst_returns.lapsing import SINCE, since_when_filed
from erp.services.gst_returns.limits import rate_check
from erp.services.gst_returns.open_advances import open_advances
from erp.services.gst_returns.ordering import last_filed
from erp.services.gst_returns.outward import Entry, Section, total_of
from erp.services.gst_returns.outward_side import OutwardSide
from erp.services.gst_returns.portal_text import portal_text
from erp.services.gst_returns.proposing_credit import common_hint
from erp.services.gst_returns.proving import Difference, outward_differences
from erp.services.gst_returns.quarters import Quarter, read_quarter
from erp.services.gst_returns.reading_side import read_outward_side
from erp.services.gst_returns.reconciling_credit import charges_hint, credit_lines
from erp.services.gst_returns.refunds import last_day_of, less_refunds
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.schemes import Span, days_for, span_on, spans_of
from erp.services.gst_returns.setting_off import SetOff, in_rupees, set_off
from erp.services.gst_returns.tax_period import TaxPeriod
from erp.services.gst_returns.turnover import hsn_digits


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed for a period.

    Attributes:
        tax: On the period's supplies, all heads.
        cells: Of a GSTR-3B, as it states them; empty for a GSTR-1. paid: How they are paid.
        short: Credit that was taken back and is not there; it is owed with the tax.
    """

    tax: Decimal
    cells: Cells = field(default_factory=dict)
    paid: SetOff = field(default_factory=lambda: set_off(Heads(), Heads()))
    short: Heads = NOTHING


@dataclass(frozen=True, slots=True)
class Given:
    """What a return is worked out with beside what is posted.

    Attributes:
        reasons: Why matters are accepted as they are; see `accepting`.
        filed_on: Day on which it is filed, which decides what credit lapsed.
    """

    reasons: Mapping[str, str]
    filed_on: date


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
    given: Given,
) -> Snapshot:
    """Work out a return from what is posted; reads only."""
    spans, reasons = spans_of(session, ctx), given.reasons
    days = days_for(spans, form, period)
    if days is None:
        raise other_scheme(form, span_on(spans, period.starts_on))
    outward = read_outward_side(session, ctx, registration, days)
    tax, differences = outward_differences(session, ctx, registration, days, outward.told())
    if form is ReturnForm.CMP08:
        quarter = read_quarter(session, ctx, registration, days, (outward.documents, spans))
        earlier = last_filed(session, ctx, registration, period, form)
        unpaid = (last_day_of(earlier), days.ends_on)
        before = less_refunds(session, ctx, registration, carried_of(earlier), unpaid)
        return _cmp08(registration, days, outward, quarter, (differences, before, reasons))
    if form is ReturnForm.GSTR1:
        problems = problems_of(
            registration.gstin,
            outward.documents,
            hsn_digits(session, ctx, days.starts_on),
            rate_check(session, ctx),
        )
        problems += foreign_notes(outward.foreign)
        waiting = open_advances(session, ctx, registration, days)
        proof = (tax, differences, problems, reasons)
        return _gstr1(registration, days, outward, proof, waiting)
    since = since_when_filed(session, ctx, registration, given.filed_on)
    return _gstr3b(session, ctx, registration, (days, since), outward, (differences, reasons))


def other_scheme(form: ReturnForm, span: Span) -> WrongTaxPeriod:
    """Return the refusal of a form on days of another scheme."""
    if span.is_composition:
        message = "By composition a CMP-08 is filed for each quarter instead of this return."
    elif form is ReturnForm.CMP08:
        message = "The company pays no tax by composition on these days. File GSTR-1 and GSTR-3B."
    else:
        message = (
            "The company is not registered for GST on these days, and files no return of them."
        )
    return WrongTaxPeriod(message, fields={"form": message})


def _cmp08(
    registration: Registration,
    days: TaxPeriod,
    outward: OutwardSide,
    quarter: Quarter,
    proof: tuple[list[Difference], Cells, Mapping[str, str]],
) -> Snapshot:
    differences, before, reasons = proof
    whole = quarter.supplied + before.get("3(1)", NOTHING)
    supplied = whole.not_negative()
    advances = total_of_advances(outward.advances).tax_only() + before.get(DUE_AGAIN, NOTHING)
    again = advances.not_negative()
    rest = {"3(1)": whole - supplied, DUE_AGAIN: advances - again}
    carried = {name: left for name, left in rest.items() if left}
    cells = cmp08_cells(supplied, quarter.reverse, again)
    owed, reverse = supplied.tax_only(), cells["3(2)"].tax_only()
    figures = {
        "cells": {name: heads.texts() for name, heads in cells.items()},
        "carried": {name: heads.texts() for name, heads in carried.items()},
        "cash": (in_rupees(owed) + in_rupees(reverse) + in_rupees(again)).texts(),
        "total": (cells["3(3)"] + again).texts(),
        "booked": quarter.booked.texts(),
        "documents": len(outward.documents),
        "from": f"{days.starts_on}",
        "to": f"{days.ends_on}",
    }
    problems = [*_taken_off(before), *_negatives(carried), *quarter.problems]
    found = [differences, list(quarter.differences)]
    file = cmp08(registration.gstin, days.fp, cells)
    tax = owed.tax + reverse.tax + again.tax
    return _sealed(file, figures, (problems, found, reasons), Owed(tax, cells))


def _gstr1(
    registration: Registration,
    period: TaxPeriod,
    outward: OutwardSide,
    proof: tuple[Heads, list[Difference], list[Problem], Mapping[str, str]],
    waiting: Sequence[Problem],
) -> Snapshot:
    """Return the return; advances that wait are told with it, but a payment of their invoice outdates none."""
    booked, differences, problems, reasons = proof
    file = gstr1(
        registration.gstin, period.fp, outward.documents, outward.entries, outward.moves, outward.amendments
    )  # fmt: skip
    total = outward.total()
    sections = {section.value: _section(section, outward.counted) for section in Section}
    figures = {
        "sections": sections | {table: _advances(table, outward) for table in ADVANCE_TABLES},
        "total": total.texts(),
        "booked": booked.texts(),
        "documents": len(outward.documents),
        "hsn": {name: [_row(row) for row in rows] for name, rows in file.get("hsn", {}).items()},
        "issued": file.get("doc_issue", {}).get("doc_det", []),
    }
    sealed = _sealed(file, figures, (problems, [differences], reasons), Owed(total.tax))
    return replace(sealed, problems=[*sealed.problems, *waiting][:MOST_SHOWN])


def _advances(table: str, outward: OutwardSide) -> dict[str, Any]:
    own = [move for move in outward.advances if move.table == table]
    stated = sum((move.stated for move in own), NOTHING)
    return {"documents": len({move.advance_id for move in own}), **stated.texts()}


def _section(section: Section, entries: Sequence[Entry]) -> dict[str, Any]:
    own = [entry for entry in entries if entry.section is section]
    documents = {entry.document.id for entry in own}
    return {"documents": len(documents), **total_of(own).texts()}


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: f"{value}" if isinstance(value, Decimal) else value for name, value in row.items()
    }


def _gstr3b(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    when: tuple[TaxPeriod, date],
    outward: OutwardSide,
    proof: tuple[list[Difference], Mapping[str, str]],
) -> Snapshot:
    (period, since), (differences, reasons) = when, proof
    side, claims = read_claims(session, ctx, registration, period, since)
    entries = outward.counted
    cells = gstr3b_cells(entries, claims.inward, side.changes)
    cells["3.1(a)"] += total_of_advances(outward.advances)
    before = carried_of(last_filed(session, ctx, registration, period))
    stated, carried = take_off(cells, before)
    inter, left = inter_state_stated(entries, before)
    carried |= left
    opening = opening_credit(session, ctx, registration, period) - claims.waited
    credit = (opening + cells["4(C)"]).tax_only()
    short = (-credit).not_negative()
    liability = liability_of(stated) + short
    paid = set_off(liability, credit.not_negative())
    reverse = cells["3.1(d)"].tax_only()
    figures = {
        "cells": {name: heads.texts() for name, heads in cells.items()},
        "inter": [{"pos": place, **heads.texts()} for place, heads in inter["3.2 unreg"]],
        "stated": {name: stated[name].texts() for name in OUTWARD_CELLS},
        "carried": {name: heads.texts() for name, heads in carried.items()},
        "opening": opening.texts(),
        "short": short.texts(),
        "liability": liability.texts(),
        "steps": [
            {"use": step.use, "against": step.against, "amount": f"{step.amount}"}
            for step in paid.steps
        ],
        "cash": (in_rupees(paid.cash) + in_rupees(reverse)).texts(),
        "left": paid.left.texts(),
        "held": claims.held_texts(),
        "credit": credit_lines(side.booked, claims, cells),
        "claimed": list(claims.pairs),
        SINCE: f"{since}",
        "total": (liability + reverse).texts(),
        "booked": side.booked.texts(),
    }
    file = gstr3b(registration.gstin, period.fp, stated, inter)
    problems = [*_taken_off(before), *_negatives(carried), *_short(short), *_unproved(claims)]
    problems += [*claims.disagreements, *lapsed_credit(claims.inward), *charges_hint(claims)]
    problems += common_hint(session, ctx, registration, period, entries)
    found = [differences, list(side.differences)]
    owed = Owed(liability.tax + reverse.tax, stated, paid, short)
    return _sealed(file, figures, (problems, found, reasons), owed)


def liability_of(stated: Cells) -> Heads:
    """Return the tax on outward supplies that credit may pay; `stated` is never below zero."""
    return (stated["3.1(a)"] + stated["3.1(b)"]).tax_only()


def carried_of(figures: Mapping[str, Any]) -> Cells:
    """Return what an earlier return could not state because it was below zero."""
    return {
        name: Heads.of_texts(texts) + Heads(Decimal(texts["taxable"]))
        for name, texts in figures.get("carried", {}).items()
    }


def take_off(cells: Cells, before: Cells) -> tuple[Cells, Cells]:
    """Return the cells as they are stated, and what is left below zero for the next return.

    Each cell and head by itself: what came back of one supply does not pay the tax of another.
    """
    whole = {name: cells[name] + before.get(name, NOTHING) for name in OUTWARD_CELLS}
    stated = {name: heads.not_negative() for name, heads in whole.items()}
    carried = {name: left for name in whole if (left := whole[name] - stated[name])}
    return cells | stated, carried


def _told(code: str, cell: str, message: str) -> Problem:
    return Problem(code, cell, "/gst", message, is_blocking=False)


def _taken_off(before: Cells) -> list[Problem]:
    return [
        _told("taken_off", name, f"{_amounts(heads)} of earlier months are taken off here.")
        for name, heads in before.items()
    ]


def _unused(advances: Heads) -> str:
    return (
        f"No return of these days gives back {money_text(-advances.tax)} of tax on advances. What was not supplied is"
        " asked back with form RFD-01 (s.54); meanwhile it is set against what is due again."
        " Record what is paid back as a change of credit."
    )


def _negatives(carried: Cells) -> list[Problem]:
    return [
        _told(
            "negative",
            name,
            _unused(heads)
            if name == DUE_AGAIN
            else f"More came back than was sold: {_amounts(heads)}. The portal takes nothing below zero;"
            " the next return takes it off.",
        )
        for name, heads in carried.items()
    ]


def _amounts(heads: Heads) -> str:
    return f"value {money_text(-heads.taxable)}, tax {money_text(-heads.tax)}"


def _short(short: Heads) -> list[Problem]:
    if not short:
        return []
    message = f"{money_text(short.tax)} more credit was taken back than there was; it is owed here."
    return [_told("credit_short", "4(C)", message)]


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
    found: tuple[list[Problem], list[list[Difference]], Mapping[str, str]],
    owed: Owed,
) -> Snapshot:
    problems, differences, accepted = without_accepted(*found)
    counts = {"problems": len(problems), "differences": len(differences), "accepted": accepted}
    return Snapshot(
        portal=portal_text(file),
        figures=figures | counts,
        problems=problems[:MOST_SHOWN],
        differences=differences[:MOST_SHOWN],
        blocking=sum(problem.is_blocking for problem in problems) + len(differences),
        owed=owed,
    )
