"""Looking for a bill among those that documents book already."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.bill_numbers import bill_key
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.models.seen_bills import BillSource, SeenBill
from erp.services.seen_bills.errors import BillSeen, CreditElsewhere

WORDS: Final = {
    BillSource.PURCHASE: "Bill {}",
    BillSource.EXPENSE: "{}",
    BillSource.ASSET: "Asset {}",
    BillSource.GATEWAY: "The invoice of charges {}",
    BillSource.BANK: "The invoice of charges {}",
}
_SUPPLIERS: Final[dict[BillSource, Callable[[Session, RequestContext, "Seen"], str]]] = {}
"""Who tells that a supplier's credit is taken by other papers, by the kind of document that they are."""
_USES: LiteralString = """
    select u.id as use_id, u.bill_id, u.source, u.source_id, u.number, u.is_credit, u.igst + u.cgst + u.sgst as tax,
           u.bill_tax, u.noted_at
      from seen_bill b join seen_bill_use u on (u.tenant_id, u.bill_id) = (b.tenant_id, b.id)
     where b.tenant_id = %(tenant)s and b.company_id = %(company)s and b.key = %(key)s
       and b.fiscal_year = %(year)s and u.ended_on is null and u.source_id is distinct from %(own)s::uuid
       and (b.identity = %(identity)s
            or lower(u.supplier) = %(name)s and %(name)s <> '' and (b.supplier_gstin = '' or %(gstin)s = ''))
     order by u.is_credit desc, u.noted_at, u.id
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """A bill as somebody reads it off the paper."""

    supplier_gstin: str
    supplier: str
    number: str
    dated_on: date

    @property
    def identity(self) -> str:
        """By what its supplier is known."""
        return self.supplier_gstin or self.name

    @property
    def name(self) -> str:
        """The supplier's name, however it is spaced and written."""
        return " ".join(self.supplier.lower().split())

    @property
    def is_known(self) -> bool:
        """It names a supplier and a number, so that it can be told from others."""
        return bool(self.identity and bill_key(self.number))


def asks_about_suppliers(
    kind: BillSource, told: Callable[[Session, RequestContext, Seen], str]
) -> None:
    """Let a domain above say that it takes the credit of a supplier by papers of a kind; nothing where it does not."""
    _SUPPLIERS[kind] = told


@dataclass(frozen=True, slots=True)
class SeenElsewhere:
    """A document that books the bill.

    Attributes:
        tax: Its part; a credit or not. bill_tax: of the whole bill, where the document gives it.
    """

    use_id: UUID
    bill_id: UUID
    source: BillSource
    source_id: UUID
    number: str
    is_credit: bool
    tax: Decimal
    bill_tax: Decimal | None
    noted_at: datetime

    @property
    def words(self) -> str:
        """How it is called to a person."""
        return WORDS[self.source].format(self.number)


def hold_bill(session: Session, ctx: RequestContext, seen: Seen) -> UUID:
    """Return a bill of the register, entering it with its first document.

    Locks it until the transaction ends, so that two documents at once see each other.
    """
    year, key = fiscal_year(seen.dated_on), bill_key(seen.number)
    lock = f"seen bill {ctx.company_id} {seen.identity} {year} {key}"
    db.execute(session, "select pg_advisory_xact_lock(hashtextextended(%s, 0))", (lock,))
    row = db.fetch_one(
        session,
        "select id from seen_bill where tenant_id = %s and company_id = %s and identity = %s"
        " and fiscal_year = %s and key = %s",
        (ctx.tenant_id, ctx.company_id, seen.identity, year, key),
    )
    if row is not None:
        found: UUID = row["id"]
        return found
    bill_id = new_id()
    made = {
        "tenant_id": ctx.tenant_id,
        "id": bill_id,
        "company_id": ctx.company_id,
        "supplier_gstin": seen.supplier_gstin,
        "identity": seen.identity,
        "key": key,
        "fiscal_year": year,
    }
    db.insert_rows(session, SeenBill, [made])
    return bill_id


def seen_elsewhere(
    session: Session, ctx: RequestContext, seen: Seen, own: UUID | None = None
) -> list[SeenElsewhere]:
    """Return the documents that book a bill, the one with its credit first; `own` is not looked at.

    A bill without a GSTIN is also found by its supplier's name. Locks the bill.
    """
    if not seen.is_known:
        return []
    hold_bill(session, ctx, seen)
    rows = db.fetch_all(
        session,
        _USES,
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "key": bill_key(seen.number),
            "year": fiscal_year(seen.dated_on),
            "own": own,
            "identity": seen.identity,
            "name": seen.name,
            "gstin": seen.supplier_gstin,
        },
    )
    return [SeenElsewhere(**(row | {"source": BillSource(row["source"])})) for row in rows]


def look_for(
    session: Session,
    ctx: RequestContext,
    bills: Sequence[tuple[str, Seen]],
    kind: BillSource | None,
    own: UUID | None = None,
) -> None:
    """Ask about bills, each with its field, that documents of other kinds than `kind` book already.

    Bills of a supplier whose credit is taken by other papers, such as settlements, are asked about, too.

    Locks the bills, in one order whoever asks.

    Raises:
        BillSeen: One is booked; names by what. May be confirmed; its credit is not taken again.
        CreditElsewhere: Its supplier's credit is taken by other papers; may be confirmed for another bill.
    """
    for field, seen in sorted(bills, key=lambda one: (one[1].identity, bill_key(one[1].number))):
        found = [one for one in seen_elsewhere(session, ctx, seen, own) if one.source is not kind]
        if found and BillSeen.code not in ctx.confirmed:
            raise bill_seen(field, seen, found)
        if found or CreditElsewhere.code in ctx.confirmed:
            continue
        others = [told for own, told in _SUPPLIERS.items() if own is not kind]
        for words in filter(None, (told(session, ctx, seen) for told in others)):
            raise CreditElsewhere(words, fields={field: words})


def bill_seen(field: str, seen: Seen, found: Iterable[SeenElsewhere]) -> BillSeen:
    """Return the question about a bill that other documents book."""
    where = " and ".join(dict.fromkeys(one.words for one in found))
    credit = next((one.words for one in found if one.is_credit), "")
    rest = (
        f" Its credit stands with {credit}; confirmed, its tax is a cost here, unless both book a part and the GST on"
        " the whole bill is given."
        if credit
        else ""
    )
    message = (
        f"{where} {'has' if ' and ' not in where else 'have'} bill {seen.number} of this supplier."
        f" Confirm if it is to be booked again.{rest}"
    )
    return BillSeen(message, fields={field: message})
