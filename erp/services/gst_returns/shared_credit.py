"""Shares of common credit that were given back, as they were recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.gst_returns import CreditChangeKind
from erp.services.gst_returns.common_credit import CreditUse
from erp.services.gst_returns.heads import NAMES, Heads
from erp.services.gst_returns.registrations import Registration

_RECORDED = """
    select kind, share_from, share_to, share_figures, igst, cgst, sgst from gst_credit_change
     where tenant_id = %s and company_id = %s and share_gstin = %s and cancelled_at is null order by id
"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A share that stands.

    Attributes:
        heads: What it gave back; below zero where it took back. uses: What purchases served, as somebody said.
    """

    starts_on: date
    ends_on: date
    is_year: bool
    is_private_too: bool
    heads: Heads
    uses: Mapping[UUID, CreditUse]


def recorded_shares(
    session: Session, ctx: RequestContext, registration: Registration
) -> list[Recorded]:
    """Return a registration's shares that are not cancelled, in the order in which they were recorded."""
    given = (ctx.tenant_id, ctx.company_id, registration.gstin)
    return [_recorded(row) for row in db.fetch_all(session, _RECORDED, given)]


def _recorded(row: db.Row) -> Recorded:
    heads = Heads(**{name: row[name] for name in NAMES})
    told = row["share_figures"]
    return Recorded(
        starts_on=row["share_from"],
        ends_on=row["share_to"],
        is_year=told["is_year"],
        is_private_too=told["is_private_too"],
        heads=-heads if row["kind"] == CreditChangeKind.COMMON_BACK else heads,
        uses={UUID(key): CreditUse(use) for key, use in told["uses"].items()},
    )
