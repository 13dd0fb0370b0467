"""A company's registrations: the GSTINs of its branches."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.gst_returns.errors import UnknownRegistration
from erp.services.party import state_name
from erp.services.platform import Nothing, Result, query

GstinText = Annotated[str, Field(min_length=15, max_length=15, pattern=r"^[0-9A-Z]{15}$")]


@dataclass(frozen=True, slots=True)
class Registration:
    """One GSTIN with every branch that trades under it.

    Attributes:
        scheme: How the company pays today; see `schemes` for another day.
    """

    gstin: str
    legal_name: str
    scheme: str
    branch_ids: tuple[UUID, ...]

    @property
    def state(self) -> str:
        """Code of the state that registered it."""
        return self.gstin[:2]

    def acting(self, ctx: RequestContext) -> RequestContext:
        """Return the actor at a branch of the registration, so that its books take the entry."""
        if ctx.branch_id in self.branch_ids:
            return ctx
        return replace(ctx, branch_id=self.branch_ids[0])


_SELECT = """
    select b.gstin, min(c.legal_name) as legal_name, min(sec.gst_scheme(c.tenant_id, c.id, %s)) as scheme,
           array_agg(b.id order by b.id) as branch_ids, string_agg(b.name, ', ' order by b.id) as branches
      from branch b join company c on (c.tenant_id, c.id) = (b.tenant_id, b.company_id)
     where b.tenant_id = %s and b.company_id = %s and b.gstin is not null
     group by b.gstin order by b.gstin
"""


def registration_of(session: Session, ctx: RequestContext, gstin: str | None) -> Registration:
    """Return a registration of the acting company; its first where none is named.

    Raises:
        UnknownRegistration: None of its branches has the number.
    """
    for row in _rows(session, ctx):
        if gstin in {None, row["gstin"]}:
            return Registration(
                row["gstin"], row["legal_name"], row["scheme"], tuple(row["branch_ids"])
            )
    message = "No branch of this company has this GSTIN."
    raise UnknownRegistration(message, fields={"gstin": message})


def _rows(session: Session, ctx: RequestContext) -> Sequence[db.Row]:
    return db.fetch_all(session, _SELECT, (ctx.today, ctx.tenant_id, ctx.company_id))


class RegistrationRow(Result):
    """A registration with its branches in words."""

    gstin: str
    state_code: str
    state: str
    scheme: str
    branches: str


class Registrations(Result):
    """The registrations of a company."""

    rows: list[RegistrationRow]


@query("gst_returns.list_registrations", permission="gst_returns.view", rest="GET /registrations")
def list_registrations(session: Session, ctx: RequestContext, _: Nothing) -> Registrations:
    """List the company's GSTINs with the branches that trade under them."""
    return Registrations(
        rows=[
            RegistrationRow(
                gstin=row["gstin"],
                state_code=row["gstin"][:2],
                state=state_name(row["gstin"][:2]),
                scheme=row["scheme"],
                branches=row["branches"],
            )
            for row in _rows(session, ctx)
        ]
    )
