"""Importing GSTR-2B: looked at first, then kept; what is known already is not kept again."""

import base64
import binascii
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.bill_numbers import bill_key
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.gst_returns import Decision2b, Gst2bDocument, Gst2bFile
from erp.services.gst_returns.errors import StatementKnown
from erp.services.gst_returns.events import CreditChanged
from erp.services.gst_returns.reading_2b import (
    MOST_BYTES,
    Original,
    Reported,
    Statement2b,
    read_statement,
)
from erp.services.gst_returns.registrations import registration_of
from erp.services.platform import Command, Query, Result, ShortText, command, emit, query

Content = Annotated[str, Field(max_length=MOST_BYTES * 4 // 3 + 8)]


class Read2b(Query):
    """A file, in base 64."""

    content: Content


class StatementFacts(Result):
    """What a file holds.

    Attributes:
        known: How many of its documents are kept already. is_known: The file itself is.
        left_out: Parts that are not read, each with its name, how many documents it has, and why.
    """

    gstin: str
    starts_on: date
    documents: int
    known: int
    suppliers: int
    tax: Decimal
    is_known: bool
    left_out: list[str]


class Import2b(Command):
    """Keep a file's documents."""

    file_name: ShortText
    content: Content


class Imported2b(Result):
    """What was kept of a file."""

    id: UUID
    starts_on: date
    added: int
    known: int


def _statement(content: str) -> tuple[Statement2b, str]:
    try:
        raw = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        message = "The file did not arrive whole. Choose it again."
        raise InvalidInput(message, fields={"content": message}) from None
    return read_statement(raw), sha256(raw).hexdigest()


@query("gst_returns.read_2b", permission="gst_returns.prepare", rest="POST /gst-2b/reading")
def read_2b(session: Session, ctx: RequestContext, wanted: Read2b) -> StatementFacts:
    """Tell what a GSTR-2B file holds, writing nothing.

    Raises:
        InvalidInput: It is no such file.
        UnknownRegistration: It is for a registration that is not the company's.
    """
    statement, digest = _statement(wanted.content)
    registration_of(session, ctx, statement.gstin)
    fresh = _fresh(session, ctx, statement)
    return StatementFacts(
        gstin=statement.gstin,
        starts_on=statement.starts_on,
        documents=len(statement.documents),
        known=len(statement.documents) - len(fresh),
        suppliers=len({one.supplier_gstin for one in statement.documents}),
        tax=sum((one.heads.tax for one in statement.documents), ZERO),
        is_known=_is_known(session, ctx, digest),
        left_out=list(statement.left_out),
    )


def _is_known(session: Session, ctx: RequestContext, digest: str) -> bool:
    row = db.fetch_one(
        session,
        "select 1 from gst_2b_file where tenant_id = %s and company_id = %s and sha256 = %s",
        (ctx.tenant_id, ctx.company_id, digest),
    )
    return row is not None


def _fresh(session: Session, ctx: RequestContext, statement: Statement2b) -> list[Reported]:
    """Return documents that are not kept: each number once, of an original one amendment a month."""
    rows = db.fetch_all(
        session,
        _KNOWN,
        {
            "tenant": ctx.tenant_id,
            "company": ctx.company_id,
            "gstin": statement.gstin,
            "month": statement.starts_on,
            "keys": [_place(one)[-1] for one in statement.documents],
        },
    )
    known = {tuple(row.values()) for row in rows}
    fresh: dict[tuple[bool | str, ...], Reported] = {}
    for one in statement.documents:
        if (place := _place(one)) not in known:
            fresh.setdefault(place, one)
    return list(fresh.values())


_KNOWN = """
    select false as is_amendment, supplier_gstin, kind, fiscal_year, key from gst_2b_document
     where tenant_id = %(tenant)s and company_id = %(company)s and gstin = %(gstin)s
       and original_key is null and key = any(%(keys)s)
     union all
    select true, supplier_gstin, original_kind, original_year, original_key from gst_2b_document
     where tenant_id = %(tenant)s and company_id = %(company)s and gstin = %(gstin)s
       and starts_on = %(month)s and original_key = any(%(keys)s)
"""


def _place(one: Reported) -> tuple[bool | str, ...]:
    """Return what a document is known by: its own number, or that of what it amends."""
    named = one.original or one
    year, key = fiscal_year(named.dated_on), bill_key(named.number)
    return (one.original is not None, one.supplier_gstin, named.kind, year, key)


@command("gst_returns.import_2b", permission="gst_returns.prepare", rest="POST /gst-2b")
def import_2b(session: Session, ctx: RequestContext, cmd: Import2b) -> Imported2b:
    """Keep what suppliers reported in a month; documents that are kept already stay as they are.

    An amendment is kept beside what it amends, and counts in its place from its month on.

    Raises:
        InvalidInput: It is no GSTR-2B file.
        UnknownRegistration: It is for a registration that is not the company's.
        StatementKnown: The very file was imported before.

    Emits:
        gst_returns.credit_changed.v1
    """
    statement, digest = _statement(cmd.content)
    registration_of(session, ctx, statement.gstin)
    if _is_known(session, ctx, digest):
        raise StatementKnown("This file was imported before.")
    fresh, file_id = _fresh(session, ctx, statement), new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": file_id,
        "company_id": ctx.company_id,
        "gstin": statement.gstin,
        "starts_on": statement.starts_on,
        "sha256": digest,
        "file_name": cmd.file_name,
        "documents": len(statement.documents),
        "left_out": list(statement.left_out),
        "imported_by": ctx.user_id,
    }
    db.insert_rows(session, Gst2bFile, [row])
    db.insert_rows(session, Gst2bDocument, [_row(ctx, file_id, statement, one) for one in fresh])
    emit(session, ctx, file_id, CreditChanged(record_id=file_id, kind="gst_2b"))
    known = len(statement.documents) - len(fresh)
    return Imported2b(id=file_id, starts_on=statement.starts_on, added=len(fresh), known=known)


def _row(
    ctx: RequestContext, file_id: UUID, statement: Statement2b, one: Reported
) -> dict[str, object]:
    return {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "company_id": ctx.company_id,
        "file_id": file_id,
        "gstin": statement.gstin,
        "starts_on": statement.starts_on,
        "supplier_gstin": one.supplier_gstin,
        "supplier": one.supplier,
        "kind": one.kind,
        "number": one.number,
        "key": bill_key(one.number),
        "fiscal_year": fiscal_year(one.dated_on),
        "dated_on": one.dated_on,
        "taxable": one.heads.taxable,
        "igst": one.heads.igst,
        "cgst": one.heads.cgst,
        "sgst": one.heads.sgst,
        "is_available": one.is_available,
        **_original(one.original),
        "decision": Decision2b.OPEN,
        "note": "",
    }


def _original(one: Original | None) -> dict[str, object]:
    return {
        "original_kind": one.kind if one else None,
        "original_number": one.number if one else None,
        "original_key": bill_key(one.number) if one else None,
        "original_year": fiscal_year(one.dated_on) if one else None,
        "original_dated_on": one.dated_on if one else None,
    }
