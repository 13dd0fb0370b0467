"""Advances that an invoice of the period could take: until it does, the tax is paid twice."""

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.services.gst_returns.checking import Problem
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.tax_period import TaxPeriod

_WAITING = """
    select a.id, p.number, w.name as party, l.amount as left, min(i.number) as invoice
      from service_advance a
      join service_advance_left l on (l.tenant_id, l.advance_id) = (a.tenant_id, a.id) and l.amount > 0
      join payment p on (p.tenant_id, p.id) = (a.tenant_id, a.id)
      join party w on (w.tenant_id, w.id) = (a.tenant_id, a.party_id)
      join invoice i on (i.tenant_id, i.party_id, i.company_id) = (a.tenant_id, a.party_id, a.company_id)
           and i.kind in ('tax_invoice', 'invoice_cum_bill') and i.issued_on between %(from)s and %(to)s
           and i.branch_id = any(%(branches)s)
     where a.tenant_id = %(tenant)s and a.branch_id = any(%(branches)s) and a.received_on <= %(to)s
       and exists (select 1 from invoice_line s where (s.tenant_id, s.invoice_id) = (i.tenant_id, i.id)
                      and starts_with(s.hsn, '99') and s.treatment = 'taxable' and s.rate > 0)
       and exists (select 1 from open_item o
                     join journal_entry e on (e.tenant_id, e.id) = (o.tenant_id, o.entry_id)
                    where o.tenant_id = i.tenant_id and o.party_id = i.party_id and o.side = 'debit'
                      and o.settled < o.amount and e.origin_id = i.origin_id)
     group by a.tenant_id, a.id, p.number, w.name, l.amount
     order by p.number limit 50
"""


def open_advances(
    session: Session, ctx: RequestContext, registration: Registration, period: TaxPeriod
) -> list[Problem]:
    """Return advances that are not applied though an invoice of the period bills services to their customer."""
    given = {
        "tenant": ctx.tenant_id,
        "branches": list(registration.branch_ids),
        "from": period.starts_on,
        "to": period.ends_on,
    }
    return [
        Problem(
            "advance",
            row["number"],
            f"/service-advances/{row['id']}",
            f"{money_text(row['left'])} of {row['party']} are left though {row['invoice']} bills a service:"
            " apply it, or its tax is paid twice for now.",
            is_blocking=False,
        )
        for row in db.fetch_all(session, _WAITING, given)
    ]
