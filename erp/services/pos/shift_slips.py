"""X and Z reports as the till prints them."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.formatting import group_count, instant_text, money_text, plain_decimal
from erp.services.pos.printing import Pairs, PrintedSlip, slip_head
from erp.services.pos.shift_reports import GetShift, ShiftReport, get_shift
from erp.services.pos.tendering import METHOD_NAMES

NOTE_NAMES = {
    "discount": "Discount approved",
    "return": "Return approved",
    "cash_in": "Cash in",
    "cash_out": "Cash out",
    "no_sale": "Opened without a sale",
}


def get_printed_shift(session: Session, ctx: RequestContext, shift_id: UUID) -> PrintedSlip:
    """Return a shift's report as it is printed: X while it is open, Z once it is closed.

    Raises:
        NotFound: There is no such shift.
        PermissionDenied: The actor sees no shifts; or it is open, and its count stays blind.
    """
    report = get_shift(session, ctx, GetShift(shift_id=shift_id))
    if report.status == "open":
        ctx.require("pos.approve")
    zone = ctx.time_zone
    last = f"As of {instant_text(ctx.now, zone)}"
    if report.closed_at:
        last = f"Closed {instant_text(report.closed_at, zone)} by {report.closed_by}"
    return PrintedSlip(
        title="Z report" if report.z_number else "X report",
        number=f"{report.register_name} {report.z_number}" if report.z_number else "",
        issued_at=report.closed_at or ctx.now,
        head=slip_head(session, ctx, report.branch_id, report.closed_at or ctx.now),
        subtitle=(
            report.register_name,
            f"Opened {instant_text(report.opened_at, zone)} by {report.opened_by}",
            last,
        ),
        sections=tuple(_sections(report)),
        foot=(f"Reason: {report.difference_reason}",) if report.difference_reason else (),
    )


def _sections(report: ShiftReport) -> Iterator[tuple[str, Pairs]]:
    figures = report.figures
    yield (
        "",
        _money(
            [
                (f"Bills ({group_count(report.sale_count)})", report.sales_total),
                (f"Returns ({group_count(report.return_count)})", -report.returns_total),
                ("Discounts given", figures.discounts),
                ("Round-off", figures.round_off),
                ("NET SALES", report.sales_total - report.returns_total),
            ]
        ),
    )
    yield (
        "By tender",
        _money(
            (METHOD_NAMES.get(row.method, row.method), row.sales - row.refunds + row.advances)
            for row in report.by_method
        ),
    )
    yield "By rate of tax", tuple(_rates(report))
    yield "By HSN", _money((f"{row.hsn} ({row.quantity})", row.total) for row in figures.by_hsn)
    yield "Drawer", _money(_drawer(report))
    if figures.notes:
        yield "Out of the ordinary", tuple(_notes(report))


def _money(pairs: Iterable[tuple[str, Decimal]]) -> Pairs:
    return tuple((name, money_text(amount)) for name, amount in pairs)


def _rates(report: ShiftReport) -> Iterator[tuple[str, str]]:
    for row in report.figures.by_rate:
        tax = row.cgst + row.sgst + row.igst
        yield f"{plain_decimal(row.rate)}% on {money_text(row.taxable)}", money_text(tax)


def _drawer(report: ShiftReport) -> Iterator[tuple[str, Decimal]]:
    yield "Opening float", report.opening_float
    yield "Cash in", report.figures.cash_in
    yield "Cash out", -report.figures.cash_out
    for name, amount in (
        ("Expected", report.expected_cash),
        ("Counted", report.counted_cash),
        ("OVER OR SHORT", report.difference),
        ("Left in the drawer", report.float_left),
    ):
        if amount is not None:
            yield name, amount


def _notes(report: ShiftReport) -> Iterator[tuple[str, str]]:
    for note in report.figures.notes:
        who = f"{note.by}, {note.approved_by}" if note.approved_by else note.by
        yield f"{NOTE_NAMES[note.kind]}: {note.reason}", who
