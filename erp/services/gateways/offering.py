"""What may be asked of a customer by a link, and through which accounts."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.models.gateways import Provider
from erp.services import party
from erp.services.gateways.accounts import VIEW
from erp.services.gateways.requesting import email_of, owner_of
from erp.services.platform import Query, Result, query


class GetOffer(Query):
    """For which invoice, or for which customer's whole account."""

    party_id: UUID | None = None
    invoice_id: UUID | None = None


class OfferedAccount(Result):
    """An account that takes payments."""

    id: UUID
    name: str
    provider: Provider


class RequestOffer(Result):
    """What is open and through which accounts of the acting branch it may be asked for.

    Attributes:
        email: Where the link may be sent; nothing where the customer has no address.
    """

    party_id: UUID
    party: str
    email: str
    open: Decimal
    accounts: list[OfferedAccount]


@query("gateways.get_offer", permission=VIEW, rest="GET /payment-link-offer")
def get_offer(session: Session, ctx: RequestContext, wanted: GetOffer) -> RequestOffer:
    """Return what may be asked for by a link.

    Raises:
        UnknownParty: There is no such customer. NothingToRequest: Nobody owes anything for the invoice.
    """
    party_id = wanted.party_id or owner_of(session, ctx, wanted.invoice_id)
    name = party.require_account(session, ctx, party_id, "party_id")
    row = db.fetch_one(
        session,
        """
        select coalesce(sum(i.amount - i.settled), 0.00) as open
          from open_item i
          join account a on (a.tenant_id, a.id) = (i.tenant_id, i.account_id) and a.key = 'debtors'
          join journal_entry e on (e.tenant_id, e.id) = (i.tenant_id, i.entry_id)
         where i.tenant_id = %(tenant)s and i.company_id = %(company)s and i.party_id = %(party)s
           and i.side = 'debit' and i.settled < i.amount and i.effective_on <= %(today)s
           and (%(invoice)s::uuid is null or e.origin_id = %(invoice)s)
        """,
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "party": party_id,
            "today": ctx.today,
            "invoice": wanted.invoice_id,
        },
    )
    accounts = db.fetch_all(
        session,
        "select id, name, provider from gateway_account where tenant_id = %s and company_id = %s"
        " and branch_id = %s and is_active order by name, id",
        (ctx.tenant_id, ctx.company_id, ctx.branch_id),
    )
    return RequestOffer(
        party_id=party_id,
        party=name,
        email=email_of(session, ctx, party_id),
        open=row["open"] if row else Decimal(0),
        accounts=[OfferedAccount(**account) for account in accounts],
    )
