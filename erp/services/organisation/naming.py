"""The organisation's names, and all that is on its page."""

from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.organisation.branches import EDIT, BranchDetail, branches_of
from erp.services.organisation.events import OrganisationRenamed
from erp.services.platform import (
    Command,
    Identified,
    Nothing,
    Result,
    ShortText,
    command,
    emit,
    query,
)


class Organisation(Result):
    """The acting company with its branches.

    Attributes:
        legal_name: As registered; heads invoices, challans and returns.
        trade_name: As customers know it; shown when they pay by UPI.
        scheme: How it pays GST today.
    """

    id: UUID
    legal_name: str
    trade_name: str
    pan: str | None
    scheme: str
    time_zone: str
    branches: list[BranchDetail]


class RenameOrganisation(Command):
    """Change the company's names on papers from now on."""

    legal_name: ShortText
    trade_name: ShortText


@query("organisation.get_organisation", permission="identity.view", rest="GET /organisation")
def get_organisation(session: Session, ctx: RequestContext, _wanted: Nothing) -> Organisation:
    """Return the acting company's names and branches."""
    row = db.fetch_one(
        session,
        "select c.id, c.legal_name, c.trade_name, c.pan, sec.gst_scheme(c.tenant_id, c.id, %s) as scheme, t.time_zone"
        " from company c join tenant t on t.id = c.tenant_id where c.tenant_id = %s and c.id = %s",
        (ctx.today, ctx.tenant_id, ctx.company_id),
    )
    assert row is not None  # noqa: S101  a context is of a company
    return Organisation(**row, branches=branches_of(session, ctx))


@command("organisation.rename_organisation", permission=EDIT, rest="PUT /organisation")
def rename_organisation(
    session: Session, ctx: RequestContext, cmd: RenameOrganisation
) -> Identified:
    """Change the company's legal and trade name; papers of before keep theirs.

    Emits:
        organisation.organisation_renamed.v1, in the same transaction.
    """
    db.execute(
        session,
        "update company set legal_name = %s, trade_name = %s where tenant_id = %s and id = %s",
        (cmd.legal_name, cmd.trade_name, ctx.tenant_id, ctx.company_id),
    )
    emit(session, ctx, ctx.company_id, OrganisationRenamed(company_id=ctx.company_id))
    return Identified(id=ctx.company_id)
