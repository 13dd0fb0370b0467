"""The facts a draft is made of: measured, ticked or decided by people; nobody's name among them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.services import imaging, platform
from erp.services.drafting.errors import IdentityRemains, NothingToDraft
from erp.services.drafting.hiding import REMOVED, Hider
from erp.services.drafting.prompting import facts_text
from erp.services.drafting.queries import identity_of

ANSWERS = {"yes": "Yes", "no": "No", "na": "Not applicable"}


@dataclass(frozen=True, slots=True)
class Gathered:
    """Facts fit to leave, and how many pieces were taken out of them."""

    facts: dict[str, Any]
    removed: int


def gather(session: Session, ctx: RequestContext, session_id: UUID) -> Gathered:
    """Return what may be said about a session to somebody who must not know whose it is.

    Raises:
        UnknownSession: There is none.
        NothingToDraft: Nothing was measured, answered, decided or noted.
        IdentityRemains: Something of the person would still be in it; nothing may be sent.
    """
    wanted = imaging.GetSession(session_id=session_id)
    told = imaging.get_session(session, ctx, wanted)
    review = imaging.get_review(session, ctx, wanted)
    raw = {
        "modality": told.modality,
        "protocol": told.protocol,
        "images": told.stored,
        "measurements": [_measured(mark) for mark in told.measurements if mark.tool != "key"],
        "checklist": [_checked(item) for item in review.items if item.answer],
        "decision": _decided(review),
        "comments": [row.note for row in review.readings if row.note],
    }
    if not (raw["measurements"] or raw["checklist"] or raw["decision"] or raw["comments"]):
        raise NothingToDraft(
            "There is nothing to write about yet. Measure something, answer the checklist, or"
            " decide first."
        )
    hider = Hider(identity_of(session, ctx, session_id), _own_words(session, ctx, review))
    facts: dict[str, Any] = hider.hidden(hider.hidden(raw))
    if hider.remains(facts):
        raise IdentityRemains(
            "Something that may name a person could not be taken out, so nothing is sent."
            " Write the summary yourself."
        )
    return Gathered(facts, facts_text(facts).count(REMOVED))


def _own_words(session: Session, ctx: RequestContext, review: imaging.ReviewDetail) -> list[str]:
    """Return texts of the clinic's and the product's making, in which capitals name nobody."""
    rules = imaging.list_protocols(session, ctx, platform.Nothing()).rows
    words = [text for rule in rules if rule.id is not None for text in (rule.code, rule.name)]
    words += [text for item in review.items for text in (item.label, *item.choices)]
    return words + [text for row in review.readings for text in (row.verdict_words, row.reason)]


def _measured(mark: imaging.MeasurementRow) -> dict[str, Any]:
    found: dict[str, Any] = {"what": mark.tool, "image": mark.number, "frame": mark.frame}
    if mark.value is not None:
        found |= {"value": round(mark.value, 2), "unit": mark.unit}
    if mark.label:
        found["label"] = mark.label
    if mark.statistics and mark.counted_by in {"server", "corrected"}:
        names = ("mean", "deviation", "minimum", "maximum")
        found["inside"] = {name: round(mark.statistics[name], 2) for name in names}
    return found


def _checked(item: imaging.AnsweredItem) -> dict[str, str]:
    answer = ANSWERS.get(item.answer, item.answer) if item.kind == "yes_no" else item.answer
    return {"item": item.label, "answer": f"{answer} {item.unit}".strip()}


def _decided(review: imaging.ReviewDetail) -> dict[str, str]:
    if not review.readings:
        return {}
    last = review.readings[-1]
    return {"verdict": last.verdict_words, "reason": last.reason}
