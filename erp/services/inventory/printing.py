"""Delivery challans and labels of packs as they are printed: the renderer looks up nothing more."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services import catalog
from erp.services.inventory.errors import TransferNotOpen
from erp.services.inventory.genealogy import get_dispensing
from erp.services.inventory.listing_transfers import (
    GetTransfer,
    TransferDetail,
    TransferHead,
    get_transfer,
)
from erp.services.party import PrintedParty, printed_party


@dataclass(frozen=True, slots=True)
class PrintedGoods:
    """A lot that travels; `value` is its cost, which the branches of one registration agree on."""

    description: str
    sku: str
    hsn: str
    lot_number: str
    expires_on: date | None
    mrp: Decimal
    quantity: int
    unit: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class PrintedChallan:
    """A delivery challan; the same goods make the same file.

    Attributes:
        reason: Why goods move without an invoice.
        way_bill: Number and day of the way bill they travel with.
    """

    number: str
    issued_at: datetime
    time_zone: str
    consigner: PrintedParty
    consignee: PrintedParty
    from_place: str
    to_place: str
    transport: str
    reason: str
    note: str
    expected_on: date | None
    lines: tuple[PrintedGoods, ...]
    way_bill: str = ""

    @property
    def units(self) -> int:
        """Base units of all lines."""
        return sum(line.quantity for line in self.lines)

    @property
    def value(self) -> Decimal:
        """Taxable value of all lines."""
        return sum((line.value for line in self.lines), Decimal("0.00"))


def get_printed_challan(session: Session, ctx: RequestContext, transfer_id: UUID) -> PrintedChallan:
    """Return the challan of goods that left.

    Raises:
        UnknownTransfer: No such transfer to or from the acting branch.
        TransferNotOpen: Nothing left.
        PermissionDenied: The actor may not see stock.

    Source: CGST Rules r.55(1): date and number, consigner and consignee with address and GSTIN,
    HSN and description, quantity, taxable value, place of supply where goods cross a border of
    states, signature. Tax is named where the movement is a supply, which this one never is.
    """
    ctx.require("inventory.view")
    found = get_transfer(session, ctx, GetTransfer(transfer_id=transfer_id))
    head = found.transfer
    if head.dispatched_at is None:
        raise TransferNotOpen("A challan is made when the goods leave.")
    consigner, consignee = (
        printed_party(_branch(session, ctx, branch, head.dispatched_at))
        for branch in (head.from_branch_id, head.to_branch_id)
    )
    return PrintedChallan(
        number=head.challan,
        issued_at=head.dispatched_at,
        time_zone=ctx.time_zone,
        consigner=consigner,
        consignee=consignee,
        from_place=head.places[0],
        to_place=head.places[1],
        transport=head.transport,
        reason=_reason(head),
        note=head.note,
        expected_on=head.expected_on,
        lines=_goods(session, ctx, found),
    )


def _reason(head: TransferHead) -> str:
    is_within = head.from_branch_id == head.to_branch_id
    ends = "warehouses of one branch" if is_within else "branches of one registration"
    return f"Transfer between {ends}, not a supply (r.55(1)(c))"


def _branch(session: Session, ctx: RequestContext, branch_id: UUID, at: datetime) -> db.Row:
    row = db.fetch_one(
        session,
        "select was.legal_name || ' - ' || was.name as name, was.address, was.city, was.pin, b.state_code,"
        " b.gstin, was.phone, was.drug_licence_no"
        " from branch b cross join lateral sec.branch_at(b.tenant_id, b.id, %s) was"
        " where b.tenant_id = %s and b.id = %s",
        (at, ctx.tenant_id, branch_id),
    )
    assert row is not None  # noqa: S101  a foreign key says so
    return row


def _goods(
    session: Session, ctx: RequestContext, found: TransferDetail
) -> tuple[PrintedGoods, ...]:
    codes = catalog.hsn_codes(session, ctx, [line.variant_id for line in found.lines])
    return tuple(
        PrintedGoods(
            description=line.label,
            sku=line.sku,
            hsn=codes[line.variant_id],
            lot_number=line.lot_number,
            expires_on=line.expires_on,
            mrp=line.mrp,
            quantity=line.sent,
            unit=line.unit,
            value=line.value,
        )
        for line in found.lines
    )


@dataclass(frozen=True, slots=True)
class PackLabel:
    """The label of packs that were made here.

    Attributes:
        contents: Of one pack, such as `30 ml`.
        made_of: Numbers of the lots it was made of.
        licence: Drug licence of the branch that made it.
        note: What else the maker wants on it, such as how it is taken.
    """

    name: str
    potency: str
    contents: str
    lot_number: str
    made_on: date
    made_at: datetime
    expires_on: date | None
    mrp: Decimal
    made_of: tuple[str, ...]
    maker: str
    licence: str
    note: str = ""


def get_pack_label(session: Session, ctx: RequestContext, dispensing_id: UUID) -> PackLabel:
    """Return the label of packs made in the acting branch.

    Raises:
        UnknownDispensing: The acting branch made no such packs.
        PermissionDenied: The actor may not see stock.
    """
    ctx.require("inventory.view")
    made = get_dispensing(session, ctx, dispensing_id)
    facts = db.fetch_one(
        session,
        """
        select (select d.note from dispensing d
                 where d.tenant_id = l.tenant_id and d.id = %(id)s) as note,
               v.potency_label as potency, concat_ws(' ', v.pack_quantity::float8::text, v.pack_unit) as contents,
               l.mrp, l.manufactured_on as made_on, b.drug_licence_no as licence,
               c.legal_name || ', ' || b.name as maker,
               (select array_agg(s.lot_number order by s.lot_number) from dispensing_source d
                  join lot s on s.tenant_id = d.tenant_id and s.id = d.lot_id
                 where d.tenant_id = l.tenant_id and d.dispensing_id = %(id)s) as made_of
          from lot l
          join variant v on v.tenant_id = l.tenant_id and v.id = l.variant_id
          join branch b on b.tenant_id = l.tenant_id and b.id = %(branch)s
          join company c on c.tenant_id = b.tenant_id and c.id = b.company_id
         where l.tenant_id = %(tenant)s and l.id = %(lot)s
        """,
        {"tenant": ctx.tenant_id, "branch": ctx.branch_id, "id": made.id, "lot": made.lot_id},
    )
    assert facts is not None  # noqa: S101  foreign keys say so
    return PackLabel(
        name=made.label,
        lot_number=made.number,
        made_at=made.made_at,
        expires_on=made.expires_on,
        made_of=tuple(facts.pop("made_of")),
        **(facts | {"licence": facts["licence"] or "", "potency": facts["potency"] or ""}),
    )
