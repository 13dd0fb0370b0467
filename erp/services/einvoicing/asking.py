"""What is asked of the portal, step by step; nothing is locked meanwhile.

An answer that did not come may have been given all the same: the portal is asked whether it knows the document
before it is told of it again, and "duplicate" leads to what it registered then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from erp.models.einvoicing import PortalAnswer
from erp.services.einvoicing.ports import (
    Call,
    Cancelled,
    InvoicePortal,
    PortalAway,
    PortalFailure,
    PortalLied,
    PortalRefused,
    Registered,
)

DUPLICATE: Final = "2150"
"""The portal's error for a document that it has registered before."""

NOT_ACTIVE: Final = "9999"
"""Its error for a document that is cancelled already: an answer was lost, or somebody did it by hand."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be asked about a document, and by whom.

    Attributes:
        was_tried: It was asked before, so that the portal may know it already.
        expected: What the signed answer has to say, by the name of its field.
        leased_until: Until when it is asked; what comes after another one took it up is not believed.
    """

    einvoice_id: UUID
    gstin: str
    irn: str
    kind: str
    number: str
    issued_on: date
    payload: str
    expected: Mapping[str, str]
    leased_until: datetime
    was_tried: bool
    is_cancelling: bool
    cancel_code: str = ""
    cancel_remark: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """A call with what came of it."""

    call: Call
    outcome: PortalAnswer
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that came of asking: the calls in their order, and what holds now.

    Attributes:
        code: The portal's error number, where it refused.
        is_unsure: An answer was lost and looking the document up was refused: it may be registered. Nothing is
            concluded from that; it is asked again.
    """

    calls: tuple[Noted, ...]
    result: PortalAnswer
    registered: Registered | None = None
    cancelled: Cancelled | None = None
    problem: str = ""
    code: str = ""
    is_unsure: bool = False


class _Unsure(Exception):
    """Whether the portal knows a document could not be found out."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


_ANSWERS: Final = {
    PortalAway: PortalAnswer.AWAY,
    PortalRefused: PortalAnswer.REFUSED,
    PortalLied: PortalAnswer.LIED,
}


def carry_out(portal: InvoicePortal, plan: Plan) -> Outcome:
    """Ask the portal what a plan says; whatever happens, it returns."""
    calls: list[Noted] = []
    try:
        if plan.is_cancelling:
            return _cancel(portal, plan, calls)
        return _register(portal, plan, calls)
    except _Unsure as unsure:
        return Outcome(tuple(calls), PortalAnswer.AWAY, problem=unsure.problem, is_unsure=True)
    except PortalFailure as failure:
        return failed(failure, calls)


def failed(failure: PortalFailure, calls: list[Noted]) -> Outcome:
    """Return the outcome of a call that failed, after those before it."""
    result = _ANSWERS[type(failure)]
    calls.append(Noted(failure.call, result, failure.problem))
    code = failure.code if isinstance(failure, PortalRefused) else ""
    return Outcome(tuple(calls), result, problem=failure.problem, code=code)


def _register(portal: InvoicePortal, plan: Plan, calls: list[Noted]) -> Outcome:
    if plan.was_tried and (known := _sought(portal, plan, calls)):
        return _judged(plan, known, calls)
    try:
        registered = portal.register(plan.gstin, plan.payload)
    except (PortalAway, PortalRefused) as failure:
        is_final = isinstance(failure, PortalRefused) and failure.code != DUPLICATE
        if is_final and not plan.was_tried:
            raise
        calls.append(Noted(failure.call, _ANSWERS[type(failure)], failure.problem))
        known = _sought(portal, plan, calls)
        if known is None:
            calls.pop()
            raise
        return _judged(plan, known, calls)
    calls.append(Noted(registered.call, PortalAnswer.DONE))
    return _judged(plan, registered, calls)


def _sought(portal: InvoicePortal, plan: Plan, calls: list[Noted]) -> Registered | None:
    """Return what the portal knows of a document that it may have registered, nothing where it says that it knows none.

    Raises:
        _Unsure: It refuses to look, which says nothing either way.
    """
    try:
        return _fetched(portal, plan, calls)
    except PortalRefused as refused:
        calls.append(Noted(refused.call, PortalAnswer.REFUSED, refused.problem))
        raise _Unsure(refused.problem) from refused


def _fetched(portal: InvoicePortal, plan: Plan, calls: list[Noted]) -> Registered | None:
    known = portal.fetch(plan.gstin, plan.kind, plan.number, plan.issued_on)
    if known:
        calls.append(Noted(known.call, PortalAnswer.DONE))
    return known


def _cancel(portal: InvoicePortal, plan: Plan, calls: list[Noted]) -> Outcome:
    if plan.was_tried:
        known = _looked_up(portal, plan, calls)
        if known and known.is_cancelled:
            done = Cancelled(None, known.call)
            return Outcome(tuple(calls), PortalAnswer.DONE, cancelled=done)
    try:
        done = portal.cancel(plan.gstin, plan.irn, plan.cancel_code, plan.cancel_remark)
    except PortalRefused as refused:
        if refused.code == NOT_ACTIVE:
            done = Cancelled(None, refused.call)
            calls.append(Noted(refused.call, PortalAnswer.REFUSED, refused.problem))
            return Outcome(tuple(calls), PortalAnswer.DONE, cancelled=done)
        known = _looked_up(portal, plan, calls)
        if known is None or not known.is_cancelled:
            raise
        calls.append(Noted(refused.call, PortalAnswer.REFUSED, refused.problem))
        done = Cancelled(None, known.call)
    calls.append(Noted(done.call, PortalAnswer.DONE))
    return Outcome(tuple(calls), PortalAnswer.DONE, cancelled=done)


def _looked_up(portal: InvoicePortal, plan: Plan, calls: list[Noted]) -> Registered | None:
    """Return what the portal knows; a look-up that it refuses says nothing either way, and is kept."""
    try:
        return _fetched(portal, plan, calls)
    except PortalRefused as refused:
        calls.append(Noted(refused.call, PortalAnswer.REFUSED, refused.problem))
        return None


def _judged(plan: Plan, registered: Registered, calls: list[Noted]) -> Outcome:
    """Compare what the portal signed with what it was told."""
    wrong = _differences(plan, registered)
    if registered.is_cancelled and not wrong:
        wrong = (
            "The portal says that it registered this document and cancelled it. Its number cannot be used again:"
            " take the goods back with a credit note and bill them anew."
        )
    if not wrong:
        return Outcome(tuple(calls), PortalAnswer.DONE, registered=registered)
    last = calls.pop()
    calls.append(Noted(last.call, PortalAnswer.LIED, wrong))
    return Outcome(tuple(calls), PortalAnswer.LIED, problem=wrong)


def _differences(plan: Plan, registered: Registered) -> str:
    if registered.irn != plan.irn:
        return f"The portal answered with IRN {registered.irn[:64]}; this document's is {plan.irn}."
    for field, expected in plan.expected.items():
        found = registered.content.get(field)
        if not _same(found, expected):
            return (
                f"The signed answer says {field} {str(found)[:60]}; this document says {expected}."
            )
    return ""


def _same(found: Any, expected: str) -> bool:  # noqa: ANN401  it comes from outside
    if str(found) == expected:
        return True
    try:
        return Decimal(str(found)) == Decimal(expected)
    except InvalidOperation:
        return False
