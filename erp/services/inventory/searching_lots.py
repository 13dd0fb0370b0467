"""Finding the lots of a count: by what a scanner reads or a person types, never with quantities."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import catalog
from erp.services.inventory.errors import UnknownLot, WhichLot
from erp.services.platform import Query, Result, Rows, query

_NAMED = 10


class SearchLots(Query):
    """Words of a product, or the beginning of a lot's number; or one lot by its id."""

    lot_id: UUID | None = None
    search: Annotated[str, Field(max_length=200)] = ""
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class FoundLot(Result):
    """A lot that may be written on a count; says nothing of what is on hand."""

    lot_id: UUID
    label: str
    lot_number: str
    expires_on: date | None


class FoundLots(Rows):
    """What matches, the last to come in first."""

    rows: list[FoundLot]


@query("inventory.search_lots", permission="inventory.view_counts", rest="GET /lots/search")
def search_lots(session: Session, ctx: RequestContext, wanted: SearchLots) -> FoundLots:
    """Find lots of the catalogue to add to a count, whether any of them are here or not."""
    text = wanted.search.strip()
    rows = db.fetch_all(
        session,
        """
        select l.id as lot_id, v.label, l.lot_number, l.expires_on
          from variant v
          join lot l on l.tenant_id = v.tenant_id and l.variant_id = v.id
         where v.tenant_id = %(tenant)s
           and (%(one)s::uuid is null or l.id = %(one)s)
           and v.id = any(array(
                select k.variant_id from lot k
                 where k.tenant_id = %(tenant)s and k.id = %(one)s
                union select found.id from sec.search_variants(
                    %(words)s, null, '', %(first)s, 200, true) found where %(words)s <> ''
                union select k.variant_id from lot k
                 where k.tenant_id = %(tenant)s and %(number)s <> ''
                   and starts_with(k.lot_number, %(number)s)))
         order by starts_with(l.lot_number, %(number)s) desc, v.label, l.created_at desc, l.id
         limit %(most)s
        """,
        {
            "tenant": ctx.tenant_id,
            "one": wanted.lot_id,
            "words": catalog.search_words(text),
            "first": UUID(int=0),
            "number": text.upper(),
            "most": wanted.limit,
        },
    )
    return FoundLots(rows=[FoundLot(**row) for row in rows])


def find_scanned(session: Session, ctx: RequestContext, count_id: UUID, text: str, at: str) -> UUID:
    """Return the lot a scan names: by its number, or the only one of the product on the count.

    `at` is the input field a refusal names.

    Raises:
        BadBarcode: The text starts like a GS1 message and cannot be read.
        UnknownLot: No product has the code, or it has no lot of that number.
        WhichLot: The code names a product with several lots on the count.
    """
    scan = catalog.read_scan(text)
    rows = db.fetch_all(
        session,
        """
        select l.id as lot_id, l.lot_number, l.expires_on, v.label, v.sku,
               line.id is not null as is_listed
          from (select code.variant_id as id from barcode code
                 where code.tenant_id = %(tenant)s and code.code = any(%(codes)s)
                union select v.id from variant v
                 where v.tenant_id = %(tenant)s and v.sku = %(sku)s) named
          join variant v on v.tenant_id = %(tenant)s and v.id = named.id
          left join lot l on l.tenant_id = v.tenant_id and l.variant_id = v.id
               and (%(lot)s::text is null or l.lot_number = %(lot)s)
               and (%(expiry)s::date is null or l.expires_on = %(expiry)s)
          left join stock_count_line line on line.tenant_id = l.tenant_id and line.lot_id = l.id
               and line.count_id = %(count)s
         order by l.expires_on, l.id
        """,
        {
            "tenant": ctx.tenant_id,
            "count": count_id,
            "codes": list(scan.codes),
            "sku": text.strip().upper(),
            "lot": scan.lot_number,
            "expiry": scan.expires_on,
        },
    )
    if not rows:
        raise _unknown("No product has this code. Look for it by name.", at)
    lots = [row for row in rows if row["lot_id"]]
    listed = [row for row in lots if row["is_listed"]]
    chosen = listed or lots
    if not chosen:
        named = f" with the number {scan.lot_number}" if scan.lot_number else ""
        message = f"{rows[0]['label']} has no lot{named}. Take it in as a delivery first."
        raise _unknown(message, at)
    if len(chosen) > 1:
        numbers = ", ".join(row["lot_number"] for row in chosen[:_NAMED])
        message = f"{rows[0]['label']} has several lots: {numbers}. Type the units at its lot."
        raise WhichLot(message, fields={at: message}, details={"sku": rows[0]["sku"]})
    found: UUID = chosen[0]["lot_id"]
    return found


def _unknown(message: str, at: str) -> UnknownLot:
    return UnknownLot(message, fields={at: message})
