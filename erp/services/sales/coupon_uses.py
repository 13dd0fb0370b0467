"""What documents used a coupon."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.platform import Page, Result, Rows, decode_cursor, encode_cursor, query

_AFTER_ALL = 2**31 - 1


class ListCouponUses(Page):
    """The uses of a coupon; the words are found in number and customer."""

    coupon_id: UUID


class CouponUseRow(Result):
    """A document that used a coupon, with what was taken off.

    Attributes:
        use_no: From 1.
        number: The document's; empty where its kind has none. total: what it came to.
        standing: `used`, or `given_back` once the last of its goods came back at `given_back_at`;
            then the coupon may be used once more.
    """

    use_no: int
    used_at: datetime
    customer: str
    document_type: str
    document_id: UUID
    number: str
    total: Decimal | None
    discount: Decimal
    used_by: str
    standing: Literal["used", "given_back"]
    given_back_at: datetime | None


class CouponUsePage(Rows):
    """A page of uses, the latest first."""

    rows: list[CouponUseRow]


@query("sales.list_coupon_uses", permission="sales.view", rest="GET /coupons/{coupon_id}/uses")
def list_coupon_uses(
    session: Session, ctx: RequestContext, wanted: ListCouponUses
) -> CouponUsePage:
    """Return the documents that used a coupon, the latest first."""
    before = (decode_cursor(wanted.cursor, 1) or [str(_AFTER_ALL)])[0]
    rows = db.fetch_all(
        session,
        """
        select u.use_no, u.used_at, p.name as customer, u.document_type, u.document_id,
               coalesce(i.number, '') as number, s.total, u.discount,
               coalesce(m.display_name, '') as used_by, u.given_back_at,
               case when u.given_back_at is null then 'used' else 'given_back' end as standing
          from coupon_use u
          join party p on p.tenant_id = u.tenant_id and p.id = u.party_id
          left join sale s on s.tenant_id = u.tenant_id and s.id = u.document_id
          left join invoice i on i.tenant_id = s.tenant_id and i.id = s.invoice_id
          left join membership m on m.tenant_id = u.tenant_id and m.user_id = u.used_by
         where u.tenant_id = %(tenant)s and u.coupon_id = %(coupon)s and u.use_no < %(before)s
           and coalesce(i.number, '') || ' ' || p.name ilike %(words)s
         order by u.use_no desc limit %(limit)s
        """,
        {
            "tenant": ctx.tenant_id,
            "coupon": wanted.coupon_id,
            "before": int(before),
            "words": f"%{wanted.search.strip()}%",
            "limit": wanted.limit + 1,
        },
    )
    page = [CouponUseRow(**row) for row in rows[: wanted.limit]]
    more = len(rows) > wanted.limit
    return CouponUsePage(rows=page, next_cursor=encode_cursor(page[-1].use_no) if more else "")
