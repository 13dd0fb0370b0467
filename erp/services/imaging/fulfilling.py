"""How far planned examinations are, by what modalities say of the steps they perform."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.imaging.ordering import set_order_status


def start_orders(
    session: Session,
    ctx: RequestContext,
    branch_id: UUID,
    names: Sequence[str],
    patient_code: str,
) -> None:
    """Note that a modality of a branch performs examinations it names; of another patient, none.

    Args:
        names: Accessions, and numbers of scheduled steps.

    Emits:
        imaging.order_changed.v1 for each that was still planned.
    """
    for row in db.fetch_all(
        session,
        "select id, accession from imaging_order where tenant_id = %s and branch_id = %s"
        " and status = 'scheduled' and (accession = any(%s) or sps_id = any(%s))"
        " and (%s = '' or patient_code in ('', %s)) order by id for no key update",
        (ctx.tenant_id, branch_id, list(names), list(names), patient_code, patient_code),
    ):
        set_order_status(session, ctx, row["id"], row["accession"], "started")


def resume_orders(
    session: Session, ctx: RequestContext, found: db.Row, names: Sequence[str]
) -> None:
    """Put what a modality broke off before any object came on the worklist again.

    Emits:
        imaging.order_changed.v1 for each that was started.
    """
    for row in _started(session, ctx, found, names):
        set_order_status(session, ctx, row["id"], row["accession"], "scheduled")


def stop_orders(session: Session, ctx: RequestContext, found: db.Row, names: Sequence[str]) -> None:
    """Note that examinations made together with a session's own are done; its own waits for it.

    Emits:
        imaging.order_changed.v1 for each that was started.
    """
    for row in _started(session, ctx, found, names):
        if row["id"] != found["order_id"]:
            set_order_status(session, ctx, row["id"], row["accession"], "done")


def _started(
    session: Session, ctx: RequestContext, found: db.Row, names: Sequence[str]
) -> list[db.Row]:
    return db.fetch_all(
        session,
        "select id, accession from imaging_order where tenant_id = %s and branch_id = %s"
        " and status = 'started' and (id = %s or sps_id = any(%s)) order by id for no key update",
        (ctx.tenant_id, found["branch_id"], found["order_id"], list(names)),
    )
