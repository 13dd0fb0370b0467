"""Photos and files of bills: kept before the claim is, and known again when they come twice."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.models.expenses import ExpenseReceipt
from erp.services import documents
from erp.services.expenses.doubles import claim_with_photo
from erp.services.expenses.errors import UnknownReceipt
from erp.services.platform import Result

RECEIPT: Final = "expense_receipt"
"""Origin of the documents that hold receipts; `large`, `small` of a photo, `file` of a PDF."""
SEE_ALL: Final = "expenses.view_all"
PDF: Final = "application/pdf"
PICTURE: Final = "image/jpeg"
_PDF_START: Final = b"%PDF-"
_ACTIVE: Final = (b"/JavaScript", b"/Launch", b"/EmbeddedFile")

documents.allow_reading(RECEIPT, SEE_ALL)


class KeptReceipt(Result):
    """A receipt that was sent; `is_known` where a claim has these very bytes already."""

    id: UUID
    is_known: bool
    claim: str
    media_type: str


def is_pdf(content: bytes) -> bool:
    """Tell whether a file is a PDF by its first bytes.

    Raises:
        InvalidInput: It is one that would run something.
    """
    if not content.startswith(_PDF_START):
        return False
    if any(word in content for word in _ACTIVE):
        message = "This PDF holds programs or other files. Send a photo or a plain PDF."
        raise InvalidInput(message, fields={"file": message})
    return True


def keep_receipt(
    session: Session, ctx: RequestContext, sha256: str, media_type: str, file_name: str
) -> KeptReceipt:
    """Record a receipt that the actor sent; its bytes are kept beside.

    Args:
        sha256: Of the file as it was sent, before it is drawn anew.
    """
    receipt_id = new_id()
    row = {
        "tenant_id": ctx.tenant_id,
        "id": receipt_id,
        "sha256": sha256,
        "media_type": media_type,
        "file_name": file_name,
        "uploaded_by": ctx.user_id,
        "uploaded_at": ctx.now,
    }
    db.insert_rows(session, ExpenseReceipt, [row])
    claim = claim_with_photo(session, ctx, receipt_id)
    return KeptReceipt(id=receipt_id, is_known=bool(claim), claim=claim, media_type=media_type)


def get_receipt(
    session: Session, ctx: RequestContext, receipt_id: UUID, variant: str
) -> documents.DocumentContent:
    """Return where a receipt's bytes are, to whoever sent it or may see all claims of its company.

    Args:
        variant: `large` or `small`; a PDF has but one.

    Raises:
        UnknownReceipt: There is none that the actor may see.
    """
    row = db.fetch_one(
        session,
        "select media_type, uploaded_by from expense_receipt where tenant_id = %s and id = %s",
        (ctx.tenant_id, receipt_id),
    )
    may_see = ctx.may(SEE_ALL) or ctx.may("expenses.approve")
    if row is None or not (may_see or row["uploaded_by"] == ctx.user_id):
        raise UnknownReceipt("There is no such receipt.")
    reader = replace(ctx, permissions=ctx.permissions | {SEE_ALL})
    wanted = documents.FindDocuments(
        origin_type=RECEIPT,
        origin_id=receipt_id,
        variant="file" if row["media_type"] == PDF else variant,
    )
    kept = documents.find_documents(session, reader, wanted).rows
    if not kept:
        raise UnknownReceipt("There is no such receipt.")
    return documents.get_document(session, reader, documents.GetDocument(document_id=kept[0].id))


def _of_others(session: Session, ctx: RequestContext, ids: Collection[UUID]) -> set[UUID]:
    """Return those of some papers that are no receipts of the actor, nor of claims of their company."""
    rows = db.fetch_all(
        session,
        "select paper.id from stored_document paper join expense_receipt sent"
        " on (sent.tenant_id, sent.id) = (paper.tenant_id, paper.origin_id)"
        " where paper.tenant_id = %(tenant)s and paper.id = any(%(ids)s)"
        " and sent.uploaded_by <> %(actor)s"
        " and not exists (select from expense_claim_line line join expense_claim claim"
        "   on (claim.tenant_id, claim.id) = (line.tenant_id, line.claim_id)"
        "   where line.tenant_id = sent.tenant_id and line.receipt_id = sent.id"
        "   and claim.company_id = %(company)s)",
        {
            "tenant": ctx.tenant_id,
            "ids": list(ids),
            "actor": ctx.user_id,
            "company": ctx.company_id,
        },
    )
    return {row["id"] for row in rows}


documents.withhold(RECEIPT, _of_others)
