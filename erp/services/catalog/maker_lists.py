"""Makers' price lists: uploaded, looked at as a difference, and applied as dated prices."""

import json
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict, NotFound
from erp.core.ids import new_id
from erp.core.table_files import Table
from erp.models.catalog import ListedPrice, MakerList, MakerListStatus
from erp.services import documents
from erp.services.catalog.events import MakerListApplied
from erp.services.catalog.price_changes import (
    PriceChange,
    Standing,
    changes_of,
    check_changes,
)
from erp.services.catalog.price_rows import PRICES, Part, guess_columns
from erp.services.platform import (
    Command,
    Day,
    Nothing,
    Query,
    Result,
    Rows,
    command,
    emit,
    query,
)

ORIGIN = "maker_list"
"""Documents of this origin are the files of price lists."""

documents.allow_reading(ORIGIN, "catalog.edit")

Columns = Annotated[dict[Part, Annotated[int, Field(ge=0, lt=60)]], Field(max_length=len(Part))]


class UploadedList(Result):
    """A list as it is kept; `is_known` if the same file was uploaded before."""

    id: UUID
    is_known: bool


class PreviewMakerList(Query):
    """Which list, and how to read it.

    Attributes:
        columns: Column by what it is, counted from 0; guessed from the headers where empty.
        effective_from: Day from which the prices would hold; today where none is given.
        standing: Only rows of this kind.
        start: Rows to leave out at the beginning, of those.
    """

    maker_list_id: UUID
    columns: Columns = Field(default_factory=dict)
    effective_from: Day | None = None
    standing: Standing | None = None
    start: Annotated[int, Field(ge=0, le=20_000)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class MakerListPreview(Rows):
    """What applying a list would do."""

    maker_list_id: UUID
    file_name: str
    status: MakerListStatus
    effective_from: date
    headers: list[str]
    sample: list[str]
    columns: dict[Part, int]
    counts: dict[Standing, int]
    rows: list[PriceChange]


class ApplyMakerList(Command):
    """Let the prices of a list hold from a day on.

    Attributes:
        without_errors: Leave out the rows with errors; otherwise one error refuses all.
    """

    maker_list_id: UUID
    columns: Columns = Field(default_factory=dict)
    effective_from: Day
    without_errors: bool = False


class AppliedList(Result):
    """How many prices a list brought, and how many of its rows were left out."""

    id: UUID
    new: int
    changed: int
    same: int
    skipped: int


class MakerListRow(Result):
    """An uploaded list."""

    id: UUID
    file_name: str
    status: MakerListStatus
    effective_from: date | None
    applied_rows: int
    skipped_rows: int
    uploaded_at: datetime
    uploaded_by: str


class MakerListList(Rows):
    """Every list, the latest first."""

    rows: list[MakerListRow]


class GetListedPrice(Query):
    """Which variant's price; today's where no day is given."""

    variant_id: UUID
    on: Day | None = None


class ListedTerms(Result):
    """What the maker's list says; empty where no list names the variant."""

    mrp: Decimal | None
    ptr: Decimal | None
    pts: Decimal | None
    valid_from: date | None
    file_name: str


def keep_maker_list(
    session: Session, ctx: RequestContext, file_name: str, sha256: str, cells: Table
) -> UploadedList:
    """Keep an uploaded file's rows until somebody applies them; the same file is told.

    Called by the edge that received the file, which checks the permission. Nothing follows from the
    file until it is applied, so no event tells of it; the row says who brought it and when.
    """
    made = db.fetch_one(
        session,
        """
        insert into maker_list (tenant_id, id, file_name, sha256, cells, status, applied_rows,
                                skipped_rows, uploaded_by, uploaded_at)
        values (%s, %s, %s, %s, %s::jsonb, 'uploaded', 0, 0, %s, %s)
        on conflict (tenant_id, sha256) do nothing returning id
        """,
        (ctx.tenant_id, new_id(), file_name, sha256, json.dumps(cells), ctx.user_id, ctx.now),
    )
    if made is not None:
        return UploadedList(id=made["id"], is_known=False)
    known = session.scalars(
        select(col(MakerList.id)).where(
            col(MakerList.tenant_id) == ctx.tenant_id, col(MakerList.sha256) == sha256
        )
    ).one()
    return UploadedList(id=known, is_known=True)


@query(
    "catalog.preview_maker_list",
    permission="catalog.edit",
    rest="POST /maker-lists/{maker_list_id}/preview",
)
def preview_maker_list(
    session: Session, ctx: RequestContext, wanted: PreviewMakerList
) -> MakerListPreview:
    """Show what a list would do: new prices, changed ones old and new, the same, and errors.

    Raises:
        NotFound: The list is not in the acting tenant.
        InvalidInput: A column is named that the file does not have.
    """
    listed = _maker_list(session, ctx, wanted.maker_list_id)
    on = wanted.effective_from or listed.effective_from or ctx.today
    columns = wanted.columns or guess_columns(listed.cells[0])
    changes = changes_of(session, ctx, listed, columns, on)
    chosen = [c for c in changes if wanted.standing is None or c.standing is wanted.standing]
    counts = Counter(change.standing for change in changes)
    return MakerListPreview(
        maker_list_id=listed.id,
        file_name=listed.file_name,
        status=MakerListStatus(listed.status),
        effective_from=on,
        headers=listed.cells[0],
        sample=listed.cells[1],
        columns=columns,
        counts={standing: counts[standing] for standing in Standing},
        rows=chosen[wanted.start : wanted.start + wanted.limit],
    )


@command(
    "catalog.apply_maker_list",
    permission="catalog.edit",
    rest="POST /maker-lists/{maker_list_id}/apply",
)
def apply_maker_list(session: Session, ctx: RequestContext, cmd: ApplyMakerList) -> AppliedList:
    """Let a list's prices hold from a day on, all of them or none.

    Deliveries are offered them from that day. Lots in stock keep the MRP they are printed with.
    The list is locked, so that it is applied once.

    Raises:
        NotFound: The list is not in the acting tenant.
        Conflict: It was applied already.
        InvalidInput: Rows have errors and were not given up, or none is left.

    Emits:
        catalog.maker_list_applied.v1, in the same transaction.
    """
    listed = _maker_list(session, ctx, cmd.maker_list_id, lock=True)
    if listed.status == MakerListStatus.APPLIED:
        raise Conflict("The prices of this list are in force already.")
    columns = cmd.columns or guess_columns(listed.cells[0])
    changes = changes_of(session, ctx, listed, columns, cmd.effective_from)
    counts = Counter(change.standing for change in changes)
    check_changes(changes, counts, without_errors=cmd.without_errors)
    taken = [c for c in changes if c.standing in (Standing.NEW, Standing.CHANGED)]
    db.insert_rows(
        session,
        ListedPrice,
        (
            {
                "tenant_id": ctx.tenant_id,
                "id": new_id(),
                "maker_list_id": listed.id,
                "variant_id": change.variant_id,
                "valid_from": cmd.effective_from,
                **{part.value: change.new[part] for part in PRICES},
            }
            for change in taken
        ),
    )
    listed.status, listed.effective_from = MakerListStatus.APPLIED, cmd.effective_from
    listed.applied_by, listed.applied_at = ctx.user_id, ctx.now
    listed.applied_rows, listed.skipped_rows = len(taken), counts[Standing.ERROR]
    session.flush()
    event = MakerListApplied(
        maker_list_id=listed.id, valid_from=cmd.effective_from, prices=len(taken)
    )
    emit(session, ctx, listed.id, event)
    return AppliedList(
        id=listed.id,
        new=counts[Standing.NEW],
        changed=counts[Standing.CHANGED],
        same=counts[Standing.SAME],
        skipped=counts[Standing.ERROR],
    )


@query("catalog.list_maker_lists", permission="catalog.view", rest="GET /maker-lists")
def list_maker_lists(session: Session, ctx: RequestContext, _wanted: Nothing) -> MakerListList:
    """List the latest 200 price lists."""
    rows = db.fetch_all(
        session,
        """
        select l.id, l.file_name, l.status, l.effective_from, l.applied_rows, l.skipped_rows,
               l.uploaded_at, coalesce(m.display_name, '') as uploaded_by
          from maker_list l
          left join membership m on m.tenant_id = l.tenant_id and m.user_id = l.uploaded_by
         where l.tenant_id = %s
         order by l.id desc limit 200
        """,
        (ctx.tenant_id,),
    )
    return MakerListList(rows=[MakerListRow(**row) for row in rows])


@query(
    "catalog.get_listed_price",
    permission="catalog.view",
    rest="GET /variants/{variant_id}/listed-price",
)
def get_listed_price(session: Session, ctx: RequestContext, wanted: GetListedPrice) -> ListedTerms:
    """Return what the maker's list in force says of a variant, for a delivery to start from."""
    row = db.fetch_one(
        session,
        """
        select p.mrp, p.ptr, p.pts, p.valid_from, l.file_name
          from listed_price p
          join maker_list l on l.tenant_id = p.tenant_id and l.id = p.maker_list_id
         where p.tenant_id = %s and p.variant_id = %s and p.valid_from <= %s
         order by p.valid_from desc, p.id desc limit 1
        """,
        (ctx.tenant_id, wanted.variant_id, wanted.on or ctx.today),
    )
    nothing = {"mrp": None, "ptr": None, "pts": None, "valid_from": None, "file_name": ""}
    return ListedTerms(**(row or nothing))


def _maker_list(
    session: Session, ctx: RequestContext, maker_list_id: UUID, *, lock: bool = False
) -> MakerList:
    found = session.get(MakerList, (ctx.tenant_id, maker_list_id), with_for_update=lock or None)
    if found is None:
        message = "This price list is not known here."
        raise NotFound(message, fields={"maker_list_id": message})
    return found
