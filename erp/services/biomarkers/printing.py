"""What a session's report says of figures that programs worked out."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.services import imaging
from erp.services.biomarkers.listing import FigureRow, RunsOf, list_figures


def figure_lines(session: Session, ctx: RequestContext, session_id: UUID) -> list[str]:
    """Return a line for each figure that stands, with model and version: those of two versions are never one."""
    found = list_figures(session, ctx, RunsOf(session_id=session_id))
    return [_line(row) for row in found.rows if not row.is_earlier]


def _line(row: FigureRow) -> str:
    spread = ""
    if row.low is not None and row.high is not None:
        spread = f" ({row.low.normalize():f} to {row.high.normalize():f})"
    parts = (
        f"{row.name}: {row.value.normalize():f} {row.unit}".strip() + spread,
        f"{row.model} {row.model_version}",
        row.series,
        "out of date: other pictures came since" if row.is_stale else "",
    )
    return " · ".join(part for part in parts if part)


imaging.print_worked_out(figure_lines)
