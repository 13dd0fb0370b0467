"""Keep the files of banks as they came."""

import json
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services import documents
from erp.services.banking.accounts import find_account
from erp.services.banking.file_text import BankText
from erp.services.platform import Result

FILE_ORIGIN: Final = "bank_file"
"""Documents of this origin are the files of banks."""

documents.allow_reading(FILE_ORIGIN, "banking.view")


class UploadedFile(Result):
    """A file as it is kept; `is_known` if the same one was uploaded before."""

    id: UUID
    is_known: bool


def keep_bank_file(
    session: Session, ctx: RequestContext, account_id: UUID, sha256: str, name: str, text: BankText
) -> UploadedFile:
    """Keep an uploaded file's rows until somebody imports them; the same file is told.

    Called by the edge that received the file, which checks the permission. Nothing follows from the
    file until it is imported, so no event tells of it; the row says who brought it and when.

    Raises:
        UnknownBankAccount: The acting company has no such bank account.
    """
    find_account(session, ctx, account_id)
    given = (ctx.tenant_id, new_id(), account_id, name, sha256, text.format, json.dumps(text.cells),
             json.dumps(dict(text.facts)), ctx.user_id, ctx.now)  # fmt: skip
    made = db.fetch_one(
        session,
        "insert into bank_file (tenant_id, id, bank_account_id, file_name, sha256, format, cells,"
        " facts, uploaded_by, uploaded_at)"
        " values (%s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb, %s, %s)"
        " on conflict (tenant_id, bank_account_id, sha256) do nothing returning id",
        given,
    )
    known = made or db.fetch_one(
        session,
        "select id from bank_file where tenant_id = %s and bank_account_id = %s and sha256 = %s",
        (ctx.tenant_id, account_id, sha256),
    )
    assert known is not None  # noqa: S101  one of the two found it
    return UploadedFile(id=known["id"], is_known=made is None)
