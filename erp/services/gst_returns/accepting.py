"""Matters of a return that somebody takes as they are, with a reason, because nothing can mend them.

A posted document and a typed entry are never changed: a rate that was wrong that day, or last year's
tax paid by hand, would keep a return in the house for ever.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from erp.core.formatting import money_text
from erp.services.gst_returns.checking import Problem
from erp.services.gst_returns.heads import Heads
from erp.services.gst_returns.proving import Difference, without_mended

DIFFERENCE = "difference"


def matter_of(problem: Problem) -> str:
    """Return what names a problem: its code and its document."""
    return f"{problem.code}:{problem.document}"


def difference_matter(found: Difference) -> str:
    """Return what names a difference: the document or the entry that it leads to, and by how much.

    The amounts of the heads are part of it: who took seven rupees as they are did not take seven thousand.
    """
    return _difference_matter(found.page, found.books - found.documents)


def _difference_matter(page: str, more: Heads) -> str:
    apart = {field.name: getattr(more, field.name) for field in fields(more)}
    return f"{DIFFERENCE}:{page}:" + ",".join(
        f"{name}={much}" for name, much in apart.items() if much
    )


def with_matters(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a kept version whose problems and differences say by which matter each is accepted."""
    problems = [
        one | {"matter": matter_of(Problem(**one)) if one["is_blocking"] else ""}
        for one in row["problems"]
    ]
    differences = [
        one
        | {"matter": _difference_matter(one["page"], _kept(one["books"]) - _kept(one["documents"]))}
        for one in row["differences"]
    ]
    return {**row, "problems": problems, "differences": differences}


def _kept(texts: Mapping[str, str]) -> Heads:
    return Heads(**{name: Decimal(text) for name, text in texts.items()})


def without_accepted(
    problems: Iterable[Problem], sides: Iterable[list[Difference]], reasons: Mapping[str, str]
) -> tuple[list[Problem], list[Difference], list[dict[str, Any]]]:
    """Return problems, those accepted no longer blocking; differences that are left; and what was accepted.

    An accepted difference is listed with its reason among the problems. Reasons for what is no
    longer there are dropped.

    Args:
        sides: Differences of output tax and of input tax; entries take each other back within one.
    """
    told: list[Problem] = []
    accepted: dict[str, dict[str, Any]] = {}
    for problem in problems:
        matter = matter_of(problem)
        reason = reasons.get(matter) if problem.is_blocking else None
        if reason is not None:
            accepted[matter] = _accepted(matter, reason, problem.document, problem.page)
            words = f"{problem.message} Accepted: {reason}"
            told.append(replace(problem, message=words, is_blocking=False))
        else:
            told.append(problem)
    left: list[Difference] = []
    for side in sides:
        left += without_mended([one for one in side if difference_matter(one) not in reasons])
        for found in side:
            matter = difference_matter(found)
            if (reason := reasons.get(matter)) is not None:
                more = found.books - found.documents
                one = accepted.setdefault(
                    matter, _accepted(matter, reason, found.label, found.page)
                )
                one["tax"] = f"{Decimal(one['tax']) + more.tax}"
                gap = money_text(more.tax or more.taxable)
                words = f"{gap} more in the books than in documents. Accepted: {reason}"
                told.append(Problem(DIFFERENCE, found.label, found.page, words, is_blocking=False))
    return told, left, list(accepted.values())


def _accepted(matter: str, reason: str, label: str, page: str) -> dict[str, Any]:
    return {"matter": matter, "reason": reason, "tax": "0.00", "label": label, "page": page}


def reasons_of(accepted: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return reasons by matter of what a version accepted."""
    return {one["matter"]: one["reason"] for one in accepted}
