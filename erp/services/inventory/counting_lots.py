"""Recording what was counted: against the book of that instant, and never written over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.models.inventory import CountSource, CountStatus, StockCountRecording
from erp.services.inventory.balances import HeldLot, lock_lots
from erp.services.inventory.counting import COUNT, Count, add_lines, lock_count
from erp.services.inventory.events import LotsCounted
from erp.services.inventory.searching_lots import find_scanned
from erp.services.platform import Closed, Command, Quantity, Result, command, emit

MOST_UNITS = 10_000_000
Units = Annotated[int, Field(ge=0, le=MOST_UNITS)]
ScanText = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1c\x1e\x1f]*$")]


class CountedLot(Closed):
    """What was found of a lot.

    Attributes:
        scan: A barcode or GS1 message instead of the lot's id.
        counted: Base units in all. add: units besides those counted before, as a scanner counts;
            the first ones after a lot was sent back start anew.
    """

    lot_id: UUID | None = None
    scan: ScanText = ""
    counted: Units | None = None
    add: Quantity | None = None

    @model_validator(mode="after")
    def _says_which_and_how_many(self) -> "CountedLot":
        if (self.lot_id is None) == (not self.scan):
            msg = "name the lot, or give a scan"
            raise ValueError(msg)
        if (self.counted is None) == (self.add is None):
            msg = "say how many are counted, or how many more"
            raise ValueError(msg)
        return self


class RecordCount(Command):
    """Lots as they were counted; of one that stands here twice, the last total counts."""

    count_id: UUID
    lines: Annotated[tuple[CountedLot, ...], Field(min_length=1, max_length=500)]


class RecordedLot(Result):
    """A lot and the units recorded for it; never its book."""

    lot_id: UUID
    label: str
    lot_number: str
    counted: int


class CountRecorded(Result):
    """What was recorded, and how far the count is."""

    count_id: UUID
    recorded: list[RecordedLot]
    lots: int
    done: int


@dataclass(frozen=True, slots=True)
class Line:
    """A lot of a count under lock."""

    id: UUID
    lot_id: UUID
    status: str
    counted: int | None
    book: int | None
    recounts: int
    has_moved: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """Units found of a lot."""

    units: int
    source: CountSource
    is_sum: bool = False


@command(
    "inventory.record_count", permission=COUNT, rest="POST /stock-counts/{count_id}/recordings"
)
def record_count(session: Session, ctx: RequestContext, cmd: RecordCount) -> CountRecorded:
    """Write down what was counted, with the units on hand at this instant as its book.

    So a sale before or after costs nothing: the difference is fixed here, and posted later on
    top of whatever was sold since. Lots the count did not expect are added to it. Each recording
    is kept; the last one counts. Locks the balances of the lots in allocation's order, which
    orders it with the tills; of a lot that never was here there is none, and its book is zero.

    Raises:
        UnknownCount: The count is not in the acting tenant.
        CountNotOpen: It is submitted, approved or cancelled.
        UnknownLot: A lot is not in the acting tenant, or no product has the scanned code.
        WhichLot: A scan names a product that has several lots on the count.
        LotBeingCounted: Another open count holds a lot that would be added.

    Emits:
        inventory.lots_counted.v1, in the same transaction.
    """
    count = lock_count(session, ctx, cmd.count_id, CountStatus.OPEN, shared=True)
    lot_ids = _lots_of(session, ctx, count, cmd.lines)
    lots = lock_lots(session, ctx, count.location_id, lot_ids)
    _add_missing(session, ctx, count, list(lots.values()))
    lines = lock_lines(session, ctx, count, lots)
    findings: dict[UUID, Finding] = {}
    for at, (lot_id, given) in enumerate(zip(lot_ids, cmd.lines, strict=True)):
        findings[lot_id] = _finding(given, lines[lot_id], findings.get(lot_id), at)
    write_findings(session, ctx, lines, lots, findings)
    emit(session, ctx, count.id, LotsCounted(count_id=count.id, lots=len(findings)))
    return _answer(session, ctx, count, lots, findings)


def write_findings(
    session: Session,
    ctx: RequestContext,
    lines: Mapping[UUID, Line],
    lots: Mapping[UUID, HeldLot],
    findings: Mapping[UUID, Finding],
) -> None:
    """Write findings of locked lots on their locked lines, and keep each as a recording."""
    found = [(lines[lot_id], lots[lot_id], finding) for lot_id, finding in findings.items()]
    db.execute(
        session,
        """
        update stock_count_line line
           set status = 'counted', counted = f.counted, book = f.book, counted_at = %(now)s,
               counted_by = %(user)s, has_moved = f.has_moved,
               is_same_counter = line.recounts > 0 and not exists (
                    select 1 from stock_count_recording r
                     where r.tenant_id = line.tenant_id and r.line_id = line.id
                       and r.user_id <> %(user)s)
          from unnest(%(ids)s::uuid[], %(counted)s::bigint[], %(books)s::bigint[],
                      %(moved)s::boolean[]) as f(id, counted, book, has_moved)
         where line.tenant_id = %(tenant)s and line.id = f.id
        """,
        {
            "tenant": ctx.tenant_id,
            "user": ctx.user_id,
            "now": ctx.now,
            "ids": [line.id for line, _, _ in found],
            "counted": [finding.units for _, _, finding in found],
            "books": [lot.on_hand for _, lot, _ in found],
            "moved": [_has_moved(line, lot, finding) for line, lot, finding in found],
        },
    )
    rows = [
        {
            "tenant_id": ctx.tenant_id,
            "id": new_id(),
            "line_id": line.id,
            "counted": finding.units,
            "book": lot.on_hand,
            "recounts": line.recounts,
            "source": finding.source.value,
            "recorded_at": ctx.now,
            "user_id": ctx.user_id,
        }
        for line, lot, finding in found
    ]
    db.insert_rows(session, StockCountRecording, rows)


def lock_lines(
    session: Session, ctx: RequestContext, count: Count, lot_ids: Mapping[UUID, HeldLot]
) -> dict[UUID, Line]:
    """Return lines of a count by lot, locked in the order of their lots, after the balances."""
    rows = db.fetch_all(
        session,
        "select id, lot_id, status, counted, book, recounts, has_moved from stock_count_line"
        " where tenant_id = %s and count_id = %s and lot_id = any(%s)"
        " order by variant_id, lot_id for update",
        (ctx.tenant_id, count.id, list(lot_ids)),
    )
    return {row["lot_id"]: Line(**row) for row in rows}


def _lots_of(
    session: Session, ctx: RequestContext, count: Count, given: Sequence[CountedLot]
) -> list[UUID]:
    """Return each line's lot; scans are looked up once per text."""
    scanned = {
        line.scan: find_scanned(session, ctx, count.id, line.scan, f"lines.{at}.scan")
        for at, line in enumerate(given)
        if line.scan
    }
    return [line.lot_id or scanned[line.scan] for line in given]


def _add_missing(
    session: Session, ctx: RequestContext, count: Count, lots: Sequence[HeldLot]
) -> None:
    ordered = sorted(lots, key=lambda lot: (lot.variant_id, lot.lot_id))
    known = db.fetch_all(
        session,
        "select lot_id from stock_count_line where tenant_id = %s and count_id = %s"
        " and lot_id = any(%s)",
        (ctx.tenant_id, count.id, [lot.lot_id for lot in ordered]),
    )
    there = {row["lot_id"] for row in known}
    missing = [
        {"variant_id": lot.variant_id, "lot_id": lot.lot_id}
        for lot in ordered
        if lot.lot_id not in there
    ]
    add_lines(session, ctx, count.id, count.location_id, missing, is_added=True)


def _finding(given: CountedLot, line: Line, before: Finding | None, at: int) -> Finding:
    source = CountSource.SCANNED if given.scan else CountSource.TYPED
    if given.add is None:
        return Finding(given.counted or 0, source)
    known = before.units if before else line.counted or 0
    if known + given.add > MOST_UNITS:
        message = f"A lot has at most {MOST_UNITS} units. Count it again."
        raise InvalidInput(message, fields={f"lines.{at}.add": message})
    return Finding(known + given.add, source, is_sum=True)


def _has_moved(line: Line, lot: HeldLot, finding: Finding) -> bool:
    """Tell whether units came or went between scans, so that nobody knows which were counted."""
    return finding.is_sum and (line.has_moved or line.book not in {None, lot.on_hand})


def _answer(
    session: Session,
    ctx: RequestContext,
    count: Count,
    lots: Mapping[UUID, HeldLot],
    findings: Mapping[UUID, Finding],
) -> CountRecorded:
    progress = db.fetch_one(
        session,
        "select count(*) as lots, count(*) filter (where status = 'counted') as done"
        " from stock_count_line where tenant_id = %s and count_id = %s",
        (ctx.tenant_id, count.id),
    )
    recorded = [
        RecordedLot(
            lot_id=lot_id,
            label=lots[lot_id].label,
            lot_number=lots[lot_id].lot_number,
            counted=finding.units,
        )
        for lot_id, finding in findings.items()
    ]
    return CountRecorded(count_id=count.id, recorded=recorded, **(progress or {}))
