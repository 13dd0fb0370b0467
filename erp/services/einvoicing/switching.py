"""Registrations that report their documents: switching them on and off."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.formatting import date_text
from erp.core.ids import new_id
from erp.core.settings import get_settings
from erp.services.einvoicing.errors import NoPortal
from erp.services.einvoicing.events import RegistrationSwitched
from erp.services.einvoicing.queueing import VIEW, queue_missing
from erp.services.gst_returns import GstinText, Registration, registration_of
from erp.services.party import state_name
from erp.services.platform import (
    Command,
    Day,
    Identified,
    Nothing,
    Result,
    Rows,
    command,
    emit,
    query,
)

FIRST_DAY = date(2020, 10, 1)
"""E-invoices began. Source: Notification 61/2020-CT."""


class SwitchRegistration(Command):
    """Say from which day a registration reports its documents.

    Attributes:
        starts_on: None switches it off: what is posted from now on is not reported.
        reports_in_days: Its turnover is 10 crore or more: the portal takes no document after 30 days.
    """

    gstin: GstinText
    starts_on: Day | None = None
    reports_in_days: bool = False


class EInvoiceRegistrationRow(Result):
    """A registration of the company with what is open of it.

    Attributes:
        is_reachable: The product may use the portal for it.
        problem: Why the portal is left alone; empty while it answers.
    """

    gstin: str
    state: str
    scheme: str
    branches: str
    starts_on: date | None
    reports_in_days: bool
    is_reachable: bool
    failing_since: datetime | None
    problem: str
    waiting: int
    to_mend: int


class EInvoiceRegistrations(Rows):
    """The registrations of a company."""

    rows: list[EInvoiceRegistrationRow]


@command(
    "einvoicing.switch_registration",
    permission="einvoicing.arrange",
    rest="PUT /e-invoice-registrations/{gstin}",
)
def switch_registration(
    session: Session, ctx: RequestContext, cmd: SwitchRegistration
) -> Identified:
    """Report a registration's documents from a day on, or no more.

    What was posted since that day and is not at the portal is queued at once.

    Raises:
        UnknownRegistration: No branch of the company has this GSTIN.
        NoPortal: The operator has set no portal up for it.
        InvalidInput: It charges no tax, or the day is before e-invoices began.

    Emits:
        einvoicing.registration_switched.v1, and what queueing emits.

    Source: CGST Rules r.48(4); once in, always in.
    """
    listed = registration_of(session, ctx, cmd.gstin)
    if cmd.starts_on is not None:
        _require_possible(cmd, listed)
    row = db.fetch_one(
        session,
        "insert into einvoice_registration (tenant_id, id, company_id, gstin, starts_on, reports_in_days, failures,"
        " last_problem, user_id) values (%s, %s, %s, %s, %s, %s, 0, '', %s)"
        " on conflict (tenant_id, company_id, gstin) do update set starts_on = excluded.starts_on,"
        " reports_in_days = excluded.reports_in_days, user_id = excluded.user_id returning id",
        (
            *(ctx.tenant_id, new_id(), ctx.company_id, cmd.gstin),
            *(cmd.starts_on, cmd.reports_in_days, ctx.user_id),
        ),
    )
    assert row is not None  # noqa: S101  it is written now
    event = RegistrationSwitched(registration_id=row["id"], is_on=cmd.starts_on is not None)
    emit(session, ctx, row["id"], event)
    queue_missing(session, ctx)
    return Identified(id=row["id"])


def _require_possible(cmd: SwitchRegistration, listed: Registration) -> None:
    if listed.scheme != "regular":
        message = "This registration charges no tax, so it issues no e-invoices."
        raise InvalidInput(message, fields={"gstin": message})
    if cmd.starts_on is not None and cmd.starts_on < FIRST_DAY:
        message = f"E-invoices began on {date_text(FIRST_DAY)}. Choose that day or a later one."
        raise InvalidInput(message, fields={"starts_on": message})
    if cmd.gstin not in portal_users():
        message = "No portal is set up for this GSTIN. The operator names it in EINVOICE_URL and EINVOICE_USERS."
        raise NoPortal(message, fields={"gstin": message})


def portal_users() -> Mapping[str, Any]:
    """Return the users that the operator set up at the portal, by GSTIN; nothing without a portal."""
    settings = get_settings()
    return settings.einvoice_accounts() if settings.einvoice_url else {}


@query("einvoicing.list_registrations", permission=VIEW, rest="GET /e-invoice-registrations")
def list_registrations(session: Session, ctx: RequestContext, _: Nothing) -> EInvoiceRegistrations:
    """List the company's registrations, what of them reports, and what waits or is to be mended."""
    rows = db.fetch_all(
        session,
        """
        select b.gstin, min(sec.gst_scheme(c.tenant_id, c.id, %s)) as scheme,
               string_agg(b.name, ', ' order by b.id) as branches,
               r.starts_on, coalesce(r.reports_in_days, false) as reports_in_days, r.failing_since,
               coalesce(r.last_problem, '') as problem,
               (select count(*) from einvoice e
                 where (e.tenant_id, e.company_id, e.gstin) = (b.tenant_id, b.company_id, b.gstin)
                   and e.status in ('due', 'cancelling')) as waiting,
               (select count(*) from einvoice e
                 where (e.tenant_id, e.company_id, e.gstin) = (b.tenant_id, b.company_id, b.gstin)
                   and e.status in ('to_mend', 'refused')) as to_mend
          from branch b
          join company c on (c.tenant_id, c.id) = (b.tenant_id, b.company_id)
          left join einvoice_registration r
            on (r.tenant_id, r.company_id, r.gstin) = (b.tenant_id, b.company_id, b.gstin)
         where b.tenant_id = %s and b.company_id = %s and b.gstin is not null
         group by b.tenant_id, b.company_id, b.gstin, r.starts_on, r.reports_in_days, r.failing_since, r.last_problem
         order by b.gstin
        """,
        (ctx.today, ctx.tenant_id, ctx.company_id),
    )
    reachable = portal_users()
    return EInvoiceRegistrations(
        rows=[
            EInvoiceRegistrationRow(
                **row, state=state_name(row["gstin"][:2]), is_reachable=row["gstin"] in reachable
            )
            for row in rows
        ]
    )
