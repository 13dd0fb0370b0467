"""Bring a bank's file in: kept as it came, looked at, then all of it or nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError, InvalidInput, raise_all
from erp.core.ids import new_id
from erp.models.banking import BankLine, BankStatement, FileFormat, LineKind
from erp.services.banking.accounts import find_account, hold_account
from erp.services.banking.checking import (
    Proven,
    Said,
    check_facts,
    prove,
    refuse_problems,
    require_proof,
    said_by,
)
from erp.services.banking.errors import UnknownBankFile
from erp.services.banking.events import StatementImported
from erp.services.banking.reading_cells import DateOrder
from erp.services.banking.reading_rows import (
    Part,
    Reading,
    guess_columns,
    head_of,
    order_of,
    plain,
    read_lines,
)
from erp.services.platform import (
    Closed,
    Command,
    Query,
    Result,
    SignedAmount,
    command,
    emit,
    query,
)

SAMPLE_ROWS: Final = 200

Columns = Annotated[dict[Part, Annotated[int, Field(ge=0, lt=60)]], Field(max_length=len(Part))]


class _Reads(Closed):
    """How a file is read.

    Attributes:
        columns: Column by what it is, counted from 0; as saved for the account, or guessed from
            the headers, where empty.
        date_order: Which part of a day comes first; guessed where nothing is said.
        opening, closing: Balances, where the file says none.
    """

    file_id: UUID
    columns: Columns = Field(default_factory=dict)
    date_order: DateOrder | None = None
    opening: SignedAmount | None = None
    closing: SignedAmount | None = None


class PreviewStatement(_Reads, Query):
    """Which file, and how to read it."""


class ImportStatement(_Reads, Command):
    """Let the lines of a file be lines of its account."""


class PreviewedLine(Result):
    """A row of the file as a line; `problem` where it is none."""

    row: int
    booked_on: date | None
    amount: Decimal | None
    text: str
    reference: str
    balance: Decimal | None
    problem: str


class StatementPreview(Result):
    """What importing a file would bring.

    Attributes:
        headers, sample: Of the file, to choose columns from.
        problems: How many rows have one. refusal: why it would be refused as a whole.
        rows: Those with problems, then the first lines.
        statement_id: What the file brought, if it was imported.
    """

    file_id: UUID
    bank_account_id: UUID
    account: str
    file_name: str
    format: FileFormat
    statement_id: UUID | None
    headers: list[str]
    sample: list[str]
    columns: dict[Part, int]
    date_order: DateOrder
    lines: int
    new: int
    known: int
    problems: int
    refusal: str
    refusal_code: str
    opening: Decimal | None
    closing: Decimal | None
    from_day: date | None
    to_day: date | None
    rows: list[PreviewedLine]


class ImportedStatement(Result):
    """What a file brought."""

    id: UUID
    lines: int
    known: int
    opening: Decimal
    closing: Decimal
    from_day: date
    to_day: date


@dataclass(frozen=True, slots=True)
class _Read:
    columns: dict[Part, int]
    order: DateOrder
    reading: Reading
    said: Said


@query(
    "banking.preview_statement", permission="banking.reconcile", rest="POST /bank-files/{file_id}/preview"
)  # fmt: skip
def preview_statement(
    session: Session, ctx: RequestContext, wanted: PreviewStatement
) -> StatementPreview:
    """Show what a file would bring, row by row, and why it would be refused.

    Raises:
        UnknownBankFile: The acting company has no such file.
        InvalidInput: A column is named that the file does not have.
    """
    file = _file(session, ctx, wanted.file_id)
    account = find_account(session, ctx, file["bank_account_id"])
    read = _read(ctx, file, account, wanted)
    refusal: DomainError | None = None
    proven: Proven | None = None
    try:
        proven = _proven(session, ctx, account, file, read)
        require_proof(ctx, proven)
    except DomainError as error:
        refusal = error
    cells, head = file["cells"], head_of(file["cells"])
    lines = len(read.reading.lines)
    return StatementPreview(
        file_id=file["id"],
        bank_account_id=account["id"],
        account=account["name"],
        file_name=file["file_name"],
        format=file["format"],
        statement_id=file["statement_id"],
        headers=cells[head],
        sample=cells[head + 1] if len(cells) > head + 1 else [],
        columns=read.columns,
        date_order=read.order,
        lines=lines,
        new=len(proven.new) if proven else 0,
        known=proven.known if proven else 0,
        problems=len(read.reading.problems),
        refusal=refusal.message if refusal else "",
        refusal_code=refusal.code if refusal else "",
        opening=proven.opening if proven else read.said.opening,
        closing=proven.closing if proven else read.said.closing,
        from_day=read.reading.lines[0].booked_on if lines else None,
        to_day=read.reading.lines[-1].booked_on if lines else None,
        rows=_rows(read.reading),
    )


@command(
    "banking.import_statement", permission="banking.reconcile", rest="POST /bank-files/{file_id}/import"
)  # fmt: skip
def import_statement(
    session: Session, ctx: RequestContext, cmd: ImportStatement
) -> ImportedStatement:
    """Let the new lines of a file be lines of its account, all of them or none.

    What a statement before brought is left out. How the file was read is kept for the next one.
    Locks the bank account.

    Raises:
        UnknownBankFile: The acting company has no such file.
        WrongStatement: A row cannot be read, balances do not follow, or the file is another's.
        StatementMissing: It does not begin where the last statement ended.
        NothingNew: Every line is known.
        UnprovenStatement: The file says no balance; may be confirmed.

    Emits:
        banking.statement_imported.v1
    """
    file = _file(session, ctx, cmd.file_id)
    account = hold_account(session, ctx, file["bank_account_id"])
    read = _read(ctx, file, account, cmd)
    proven = _proven(session, ctx, account, file, read)
    require_proof(ctx, proven)
    statement_id = _write(session, ctx, file, proven)
    if file["format"] == FileFormat.TABLE:
        _remember(session, ctx, account["id"], file, read)
    event = StatementImported(
        bank_account_id=account["id"],
        statement_id=statement_id,
        lines=len(proven.new),
        closing=proven.closing,
    )
    emit(session, ctx, statement_id, event)
    return ImportedStatement(
        id=statement_id,
        lines=len(proven.new),
        known=proven.known,
        opening=proven.opening,
        closing=proven.closing,
        from_day=proven.from_day,
        to_day=proven.to_day,
    )


def _file(session: Session, ctx: RequestContext, file_id: UUID) -> db.Row:
    found = db.fetch_one(
        session,
        "select f.id, f.bank_account_id, f.file_name, f.format, f.cells, f.facts,"
        " s.id as statement_id from bank_file f"
        " join bank_account b on (b.tenant_id, b.id) = (f.tenant_id, f.bank_account_id)"
        " left join bank_statement s on (s.tenant_id, s.file_id) = (f.tenant_id, f.id)"
        " and s.withdrawn_at is null"
        " where f.tenant_id = %s and b.company_id = %s and f.id = %s",
        (ctx.tenant_id, ctx.company_id, file_id),
    )
    if found is None:
        message = "This file is not known here. Upload it."
        raise UnknownBankFile(message, fields={"file_id": message})
    return found


def _read(ctx: RequestContext, file: db.Row, account: db.Row, wanted: _Reads) -> _Read:
    cells = file["cells"]
    is_table = file["format"] == FileFormat.TABLE
    saved: Mapping[str, Any] = account["reading"] if is_table else {}
    columns = wanted.columns or guess_columns(cells[head_of(cells)], saved.get("columns", {}))
    if any(place >= len(cells[0]) for place in columns.values()):
        message = "The file has not so many columns."
        raise InvalidInput(message, fields={"columns": message})
    order = wanted.date_order or order_of(cells, columns, saved.get("date_order", ""))
    reading = read_lines(cells, columns, order, ctx.today)
    return _Read(
        columns,
        order,
        reading,
        said_by(file["facts"], reading, Said(wanted.opening, wanted.closing)),
    )


def _proven(
    session: Session, ctx: RequestContext, account: db.Row, file: db.Row, read: _Read
) -> Proven:
    raise_all(check_facts(account, file["facts"]))
    refuse_problems(read.reading)
    return prove(session, ctx, account["id"], read.reading, read.said)


def _rows(reading: Reading) -> list[PreviewedLine]:
    wrong = [
        PreviewedLine(
            row=problem.row,
            booked_on=None,
            amount=None,
            text="",
            reference="",
            balance=None,
            problem=f"{problem.column}: {problem.message}" if problem.column else problem.message,
        )
        for problem in reading.problems
    ]
    lines = [
        PreviewedLine(
            row=line.row,
            booked_on=line.booked_on,
            amount=line.amount,
            text=line.text,
            reference=line.reference,
            balance=line.balance,
            problem="",
        )
        for line in reading.lines
    ]
    return [*wrong, *lines][:SAMPLE_ROWS]


def _write(session: Session, ctx: RequestContext, file: db.Row, proven: Proven) -> UUID:
    statement_id = new_id()
    about = {"tenant_id": ctx.tenant_id, "bank_account_id": file["bank_account_id"]}
    statement = {
        "id": statement_id,
        "file_id": file["id"],
        "from_day": proven.from_day,
        "to_day": proven.to_day,
        "opening": proven.opening,
        "closing": proven.closing,
        "line_count": len(proven.new),
        "known_count": proven.known,
        "user_id": ctx.user_id,
    }
    db.insert_rows(session, BankStatement, [about | statement])
    rows = [
        {
            "id": new_id(),
            "statement_id": statement_id,
            "place": place,
            "kind": LineKind.LINE,
            "booked_on": line.booked_on,
            "value_on": line.value_on,
            "amount": line.amount,
            "text": line.text,
            "reference": line.reference,
            "counterparty": line.counterparty,
            "bank_ref": line.bank_ref,
            "balance": line.balance,
            "fingerprint": mark,
        }
        for place, (mark, line) in enumerate(proven.new, start=1)
    ]
    if proven.first_opening:
        rows.insert(0, _opening(statement_id, proven, rows[0]))
    db.insert_rows(session, BankLine, [about | row for row in rows])
    return statement_id


def _opening(statement_id: UUID, proven: Proven, like: Mapping[str, Any]) -> dict[str, Any]:
    """Return the line of what the account held on the day before its first statement."""
    before = max(proven.from_day, date.min + timedelta(days=1)) - timedelta(days=1)
    return dict(like) | {
        "id": new_id(),
        "statement_id": statement_id,
        "place": 0,
        "kind": LineKind.OPENING,
        "booked_on": before,
        "value_on": before,
        "amount": proven.first_opening,
        "text": "Balance before the first statement",
        "reference": "",
        "counterparty": "",
        "bank_ref": "",
        "balance": proven.first_opening,
        "fingerprint": "opening",
    }


def _remember(
    session: Session, ctx: RequestContext, account_id: UUID, file: db.Row, read: _Read
) -> None:
    """Keep which column is what, by header, for the account's next file."""
    headers = [plain(header) for header in file["cells"][head_of(file["cells"])]]
    columns = {part.value: headers[place] for part, place in read.columns.items()}
    db.execute(
        session,
        "update bank_account set reading = %s::jsonb where tenant_id = %s and id = %s",
        (json.dumps({"columns": columns, "date_order": read.order}), ctx.tenant_id, account_id),
    )
