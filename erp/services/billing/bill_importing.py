"""Making a supplier's bill from a file: matched with what came, and what did not come taken in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, raise_all
from erp.core.formatting import group_number
from erp.core.ids import new_id
from erp.core.money import EXACT
from erp.models.billing import BillImport, BillStatus, Finding
from erp.services import inventory
from erp.services.billing.bill_drafting import BilledLine, RecordBill
from erp.services.billing.bill_errors import FileImported, GoodsNotHere
from erp.services.billing.bill_file_matching import Columns, bill_of_file
from erp.services.billing.bill_file_reading import MOST_ROWS
from erp.services.billing.bill_recording import BillAnswer, record_bill
from erp.services.billing.bill_unbilled import ListUnbilled, UnbilledLine, list_unbilled
from erp.services.inventory import LotNumber, UnitQuantity
from erp.services.platform import (
    Amount,
    Closed,
    Command,
    Day,
    Percent,
    Result,
    ShortText,
    Text,
    UnitPrice,
    command,
)

RECEIVE: Final = "inventory.receive"
PLACES: Final = Decimal("0.000001")
COST_PLACES: Final = Decimal("0.0001")


class ImportedLine(Closed):
    """A row of the file with its product.

    Attributes:
        item_code: What the supplier calls it; remembered.
        quantity: Billed, in base units. free_quantity: on top; counts where goods are taken in.
        unit_cost: Price of a base unit, tax excluded, before the discount.
        lot_number, expires_on, mrp: Of goods that are taken in; a lot number also chooses what
            came.
    """

    variant_id: UUID
    item_code: Annotated[Text, Field(max_length=200)] = ""
    quantity: Annotated[UnitQuantity, Field(gt=0)]
    free_quantity: UnitQuantity = Decimal(0)
    unit_cost: UnitPrice
    discount_percent: Percent = Decimal(0)
    gst_rate: Percent
    lot_number: LotNumber = ""
    expires_on: Day | None = None
    mrp: Amount | None = None


class ImportBill(Command):
    """Make a bill from a file that was read.

    Attributes:
        sha256: Of the file's content. columns: header by field, kept for the supplier.
        receive_rest: Take in what did not come yet, as the file says.
    """

    supplier_id: UUID
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    file_name: ShortText
    columns: Columns
    bill_number: Annotated[ShortText, Field(max_length=40)]
    billed_on: Day
    total: Amount
    note: Text = ""
    receive_rest: bool = False
    lines: Annotated[tuple[ImportedLine, ...], Field(min_length=1, max_length=MOST_ROWS)]


class ImportedBill(Result):
    """The bill that was made.

    Attributes:
        receipt_id: The delivery that was taken in; none where all had come.
        findings: What does not match, by number of the bill's line.
    """

    id: UUID
    number: str
    status: BillStatus
    total: Decimal
    receipt_id: UUID | None
    findings: dict[int, list[Finding]]


@dataclass(frozen=True, slots=True)
class _Part:
    """Units of a row on a delivered line; `at` is the row's place."""

    at: int
    line: BilledLine


@command(
    "billing.import_bill", permission="billing.record_bill", rest="POST /supplier-bill-imports"
)
def import_bill(session: Session, ctx: RequestContext, cmd: ImportBill) -> ImportedBill:
    """Record a bill from a file's rows as `billing.record_bill` does, matched by product and lot.

    What came and is not billed is used first, the oldest delivery first. The rest is refused, or
    taken in by the same step where `receive_rest` says so and the actor may receive. Keeps the
    supplier's columns and what their codes mean. Locks the file, then as receiving and recording do.

    Raises:
        FileImported: This file was made into a bill before.
        GoodsNotHere: More is billed than came and nobody says to take it in; names the rows.
        PermissionDenied: Goods are to be taken in and the actor may not receive.
        DomainError: Whatever receiving goods or recording a bill refuses; names the rows.

    Emits:
        What receiving and recording emit, in the same transaction.
    """
    _hold_file(session, ctx, cmd.sha256)
    known = bill_of_file(session, ctx, cmd.sha256)
    if known is not None:
        raise FileImported(
            "This file was made into a bill before. Open that bill instead.",
            fields={"sha256": "Imported before."},
            details={"bill_id": str(known), "link": f"/bills/{known}"},
        )
    parts, rest = _use_up(cmd, _unbilled(session, ctx, cmd.supplier_id))
    receipt_id = None
    if rest:
        receipt_id, received = _receive(session, ctx, cmd, rest)
        parts += received
    answer = _record(session, ctx, cmd, parts)
    _remember(session, ctx, cmd, answer.id)
    return ImportedBill(
        id=answer.id,
        number=answer.number,
        status=answer.status,
        total=answer.total,
        receipt_id=receipt_id,
        findings=answer.findings,
    )


def _hold_file(session: Session, ctx: RequestContext, sha256: str) -> None:
    """Wait for whoever imports the same file, so that its bill is found and named."""
    db.execute(
        session,
        "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
        (f"bill-file-{ctx.tenant_id}-{sha256}",),
    )


def _unbilled(session: Session, ctx: RequestContext, supplier_id: UUID) -> list[UnbilledLine]:
    """Return everything of the supplier that came and is on no bill, the oldest first."""
    found: list[UnbilledLine] = []
    cursor = ""
    while True:
        wanted = ListUnbilled(supplier_id=supplier_id, limit=200, cursor=cursor)
        page = list_unbilled(session, ctx, wanted)
        found += page.rows
        cursor = page.next_cursor
        if not cursor:
            return found


def _use_up(
    cmd: ImportBill, unbilled: Sequence[UnbilledLine]
) -> tuple[list[_Part], dict[int, Decimal]]:
    """Match rows with what came; return the parts, and the units of rows that did not come."""
    left = {(row.receipt_id, row.line_no): Decimal(row.units) for row in unbilled}
    parts: list[_Part] = []
    rest: dict[int, Decimal] = {}
    for at, line in enumerate(cmd.lines):
        need = line.quantity
        for row in _candidates(line, unbilled, is_strict=cmd.receive_rest):
            key = (row.receipt_id, row.line_no)
            taken = min(need, left[key])
            if taken:
                left[key] -= taken
                need -= taken
                _put_on(parts, at, line, row, taken)
        if need:
            rest[at] = need
    if rest and not cmd.receive_rest:
        raise_all([_not_here(at, cmd.lines[at].quantity, need) for at, need in rest.items()])
    return parts, rest


def _candidates(
    line: ImportedLine, unbilled: Sequence[UnbilledLine], *, is_strict: bool
) -> list[UnbilledLine]:
    """Return what a row may bill: of its lot; of any lot where it names none that came."""
    goods = [row for row in unbilled if row.variant_id == line.variant_id]
    of_lot = [row for row in goods if row.lot_number == line.lot_number]
    return goods if not line.lot_number or not (of_lot or is_strict) else of_lot


def _put_on(
    parts: list[_Part], at: int, line: ImportedLine, row: UnbilledLine, taken: Decimal
) -> None:
    """Put units of a delivered line on the bill; rows that bill it alike stand there together."""
    per_base = EXACT.divide(row.quantity, Decimal(row.units))
    billed = BilledLine(
        receipt_id=row.receipt_id,
        receipt_line_no=row.line_no,
        quantity=(taken * per_base).quantize(PLACES),
        unit_cost=EXACT.divide(line.unit_cost, per_base).quantize(COST_PLACES),
        discount_percent=line.discount_percent,
        gst_rate=line.gst_rate,
    )
    for place, part in enumerate(parts):
        same = part.line.model_copy(update={"quantity": billed.quantity})
        if same == billed:
            total = part.line.quantity + billed.quantity
            parts[place] = _Part(part.at, billed.model_copy(update={"quantity": total}))
            return
    parts.append(_Part(at, billed))


def _not_here(at: int, billed: Decimal, missing: Decimal) -> GoodsNotHere:
    message = (
        f"{group_number(missing)} of {group_number(billed)} did not come, or are billed already."
        " Take in the rest with this bill, or lower the quantity."
    )
    return GoodsNotHere(message, fields={f"lines.{at}.quantity": message})


def _receive(
    session: Session, ctx: RequestContext, cmd: ImportBill, rest: Mapping[int, Decimal]
) -> tuple[UUID, list[_Part]]:
    """Take in what did not come yet, and return it as parts of the bill."""
    ctx.require(RECEIVE)
    rows = [(at, cmd.lines[at], need) for at, need in rest.items()]
    message = "Give the MRP of goods that are taken in."
    raise_all(
        [
            GoodsNotHere(message, fields={f"lines.{at}.mrp": message})
            for at, line, _ in rows
            if not line.mrp
        ]
    )
    wanted = inventory.ReceiveGoods(
        idempotency_key=cmd.idempotency_key,
        supplier_id=cmd.supplier_id,
        reference=cmd.bill_number,
        lines=tuple(_received_line(line, need) for _, line, need in rows),
    )
    try:
        made = inventory.receive_goods(session, ctx, wanted)
    except DomainError as refusal:
        raise _at_rows(refusal, [at for at, _, _ in rows]) from refusal
    return made.receipt_id, [
        _Part(
            at,
            BilledLine(
                receipt_id=made.receipt_id,
                receipt_line_no=goods.line_no,
                quantity=need,
                unit_cost=line.unit_cost,
                discount_percent=line.discount_percent,
                gst_rate=line.gst_rate,
            ),
        )
        for (at, line, need), goods in zip(rows, made.lines, strict=True)
    ]


def _received_line(line: ImportedLine, need: Decimal) -> inventory.ReceiptLine:
    kept = EXACT.divide(Decimal(100) - line.discount_percent, Decimal(100))
    return inventory.ReceiptLine(
        variant_id=line.variant_id,
        lot_number=line.lot_number,
        expires_on=line.expires_on,
        mrp=line.mrp or Decimal(0),
        quantity=need,
        free_quantity=line.free_quantity if need == line.quantity else Decimal(0),
        unit_cost=EXACT.multiply(line.unit_cost, kept).quantize(COST_PLACES),
    )


def _record(
    session: Session, ctx: RequestContext, cmd: ImportBill, parts: Sequence[_Part]
) -> BillAnswer:
    bill = RecordBill(
        idempotency_key=cmd.idempotency_key,
        supplier_id=cmd.supplier_id,
        bill_number=cmd.bill_number,
        billed_on=cmd.billed_on,
        total=cmd.total,
        note=cmd.note,
        lines=tuple(part.line for part in parts),
    )
    try:
        return record_bill(session, ctx, bill)
    except DomainError as refusal:
        raise _at_rows(refusal, [part.at for part in parts]) from refusal


def _at_rows(refusal: DomainError, places: Sequence[int]) -> DomainError:
    """Return a refusal of lines as one of the rows that they were made from."""
    fields = {}
    for field, message in refusal.fields.items():
        first, _, rest = field.partition(".")
        place, _, name = rest.partition(".")
        is_line = first == "lines" and place.isdigit() and int(place) < len(places)
        fields[f"lines.{places[int(place)]}.{name}" if is_line else field] = message
    return type(refusal)(refusal.message, fields=fields, details=refusal.details)


def _remember(session: Session, ctx: RequestContext, cmd: ImportBill, bill_id: UUID) -> None:
    """Keep the file, the supplier's columns, and which products their codes mean."""
    imported = {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "company_id": ctx.company_id,
        "bill_id": bill_id,
        "sha256": cmd.sha256,
        "file_name": cmd.file_name,
        "imported_by": ctx.user_id,
        "imported_at": ctx.now,
    }
    db.insert_rows(session, BillImport, [imported])
    db.execute(
        session,
        "insert into bill_columns (tenant_id, id, supplier_id, columns) values (%s, %s, %s, %s)"
        " on conflict (tenant_id, supplier_id) do update set columns = excluded.columns",
        (ctx.tenant_id, new_id(), cmd.supplier_id, Jsonb(cmd.columns)),
    )
    items = {line.item_code.strip().upper(): line.variant_id for line in cmd.lines}
    codes = sorted(code for code in items if code)
    db.execute(
        session,
        "insert into supplier_item (tenant_id, id, supplier_id, code, variant_id)"
        " select %s, x.id, %s, x.code, x.variant_id"
        " from unnest(%s::uuid[], %s::text[], %s::uuid[]) as x (id, code, variant_id)"
        " order by x.code"
        " on conflict (tenant_id, supplier_id, code) do update set variant_id = excluded.variant_id",
        (
            ctx.tenant_id,
            cmd.supplier_id,
            [new_id() for _ in codes],
            codes,
            [items[code] for code in codes],
        ),
    )
