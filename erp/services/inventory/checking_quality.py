"""Looking at goods that come: every point is answered, and what fails goes into quarantine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput, raise_all
from erp.core.ids import new_id
from erp.models.inventory import (
    CheckOutcome,
    LocationKind,
    PointKind,
    QualityAnswer,
    QualityCheck,
    QuarantineReason,
)
from erp.services.inventory.adjusting import LotQuantity
from erp.services.inventory.errors import PointUnanswered
from erp.services.inventory.places import Place
from erp.services.inventory.quality_checklists import (
    AppliedChecklist,
    PointDetail,
    checklists_for,
)
from erp.services.inventory.quarantining import put_apart
from erp.services.platform import Closed

YES, NO = "yes", "no"


class PointAnswer(Closed):
    """What was found at a point: `yes` or `no`, a text, or a number."""

    point_no: int
    answer: Annotated[str, Field(max_length=120)]


PointAnswers = Annotated[tuple[PointAnswer, ...], Field(max_length=50)]


@dataclass(frozen=True, slots=True)
class Checked:
    """A line that was looked at, its answers and those that failed, by point."""

    checklist_id: UUID
    answers: Mapping[int, str]
    failed: frozenset[int]
    refused: tuple[str, ...]
    """Questions of required points that failed."""


@dataclass(frozen=True, slots=True)
class CheckedGoods:
    """Goods of a line that are on hand by now."""

    line_no: int
    lot_id: UUID
    quantity: int


def check_lines(
    session: Session, ctx: RequestContext, lines: Sequence[tuple[UUID, Sequence[PointAnswer]]]
) -> dict[int, Checked]:
    """Return what was found, by the line's place; lines of which nothing is said are missing.

    Args:
        lines: The variant and the answers of each line.

    Raises:
        PointUnanswered: A required point has no answer; names `lines.N.checks.POINT`.
        InvalidInput: An answer is no yes or no, or no number, or of no such point.
    """
    applied = checklists_for(session, ctx, [variant_id for variant_id, _ in lines])
    found: dict[int, Checked] = {}
    refusals: list[DomainError] = []
    for at, (variant_id, answers) in enumerate(lines):
        said = {one.point_no: one.answer for one in answers if one.answer}
        checklist = applied.get(variant_id)
        points = checklist.points if checklist else []
        refusals += _unknown(at, said, points)
        for point in points:
            refusals += _unsound(at, point, said.get(point.point_no, ""))
        if checklist and said and not refusals:
            found[at] = _checked(checklist, said)
    raise_all(refusals)
    return found


def _unknown(at: int, said: Mapping[int, str], points: Sequence[PointDetail]) -> list[DomainError]:
    message = "The checklist has no such point. Load the page again."
    known = {point.point_no for point in points}
    return [
        InvalidInput(message, fields={f"lines.{at}.checks.{number}": message})
        for number in sorted(said.keys() - known)
    ]


def _unsound(at: int, point: PointDetail, answer: str) -> list[DomainError]:
    field = f"lines.{at}.checks.{point.point_no}"
    if not answer:
        if not point.is_required:
            return []
        message = f"Look at this first: {point.question}."
        return [PointUnanswered(message, fields={field: "Look at this first."})]
    if point.kind is PointKind.YES_NO and answer not in (YES, NO):
        message = "Answer yes or no."
    elif point.kind is PointKind.NUMBER and _number(answer) is None:
        message = "Type a plain number such as 1250.50."
    else:
        return []
    return [InvalidInput(message, fields={field: message})]


def _number(answer: str) -> Decimal | None:
    try:
        number = Decimal(answer)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _checked(checklist: AppliedChecklist, said: Mapping[int, str]) -> Checked:
    assert checklist.checklist_id is not None  # noqa: S101  it has points
    failed = [p for p in checklist.points if p.point_no in said and _fails(p, said[p.point_no])]
    return Checked(
        checklist_id=checklist.checklist_id,
        answers=said,
        failed=frozenset(point.point_no for point in failed),
        refused=tuple(point.question for point in failed if point.is_required),
    )


def _fails(point: PointDetail, answer: str) -> bool:
    if point.kind is PointKind.YES_NO:
        return answer == NO
    number = _number(answer) if point.kind is PointKind.NUMBER else None
    if number is None:
        return False
    below = point.minimum is not None and number < point.minimum
    return below or (point.maximum is not None and number > point.maximum)


def keep_checks(
    session: Session,
    ctx: RequestContext,
    receipt: tuple[UUID, Place],
    goods: Sequence[tuple[Checked, CheckedGoods]],
) -> None:
    """Keep what was found with the lots, and put apart what failed a required point.

    Goods that were put where nothing is sold from stay there. Locks the balances of both places.

    Raises:
        UnknownPlace: The place's warehouse has no quarantine.

    Emits:
        inventory.goods_quarantined.v1, where something failed.
    """
    receipt_id, place = receipt
    entries = _put_apart(session, ctx, place, [one for one in goods if one[0].refused])
    checks, answers = [], []
    for checked, about in goods:
        check_id = new_id()
        checks.append(
            {
                "tenant_id": ctx.tenant_id,
                "id": check_id,
                "receipt_id": receipt_id,
                "line_no": about.line_no,
                "lot_id": about.lot_id,
                "checklist_id": checked.checklist_id,
                "outcome": CheckOutcome.FAILED if checked.refused else CheckOutcome.PASSED,
                "quantity": about.quantity,
                "quarantine_id": entries.get(about.line_no),
                "checked_by": ctx.user_id,
                "checked_at": ctx.now,
            }
        )
        answers += [
            {
                "tenant_id": ctx.tenant_id,
                "id": new_id(),
                "check_id": check_id,
                "point_no": number,
                "answer": answer,
                "is_failed": number in checked.failed,
            }
            for number, answer in sorted(checked.answers.items())
        ]
    db.insert_rows(session, QualityCheck, checks)
    db.insert_rows(session, QualityAnswer, answers)


def _put_apart(
    session: Session,
    ctx: RequestContext,
    place: Place,
    failed: Sequence[tuple[Checked, CheckedGoods]],
) -> dict[int, UUID]:
    """Put failed goods into quarantine and return their entries of the queue by line."""
    if place.kind != LocationKind.STORAGE:
        return {}
    entries: dict[int, UUID] = {}
    for checked, about in failed:
        line = LotQuantity(lot_id=about.lot_id, quantity=about.quantity)
        note = f"Failed: {'; '.join(checked.refused)}"[:500]
        put = put_apart(session, ctx, place, [line], (QuarantineReason.FAILED_CHECK, note))
        entries[about.line_no] = put.quarantine_ids[0]
    return entries
