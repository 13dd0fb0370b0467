"""Keeping what the portal refused of a return's file."""

import base64
import binascii
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.models.gst_returns import GstPortalReport, ReturnForm
from erp.services.gst_returns.events import ReturnReported
from erp.services.gst_returns.filing import Held, hold_return, require_open
from erp.services.gst_returns.reading_refusals import MOST_BYTES, PortalReport, read_report
from erp.services.platform import Command, Result, ShortText, command, emit


class RecordRefusals(Command):
    """The portal's error report of a version.

    Attributes:
        content: The file, in base 64; one without errors says that the portal took every row.
    """

    return_id: UUID
    file_name: ShortText
    content: Annotated[str, Field(max_length=MOST_BYTES * 4 // 3 + 8)]


class RecordedRefusals(Result):
    """How many rows the portal refused."""

    id: UUID
    refused: int


@command(
    "gst_returns.record_refusals",
    permission="gst_returns.prepare",
    rest="POST /gst-returns/{return_id}/refusals",
)
def record_refusals(session: Session, ctx: RequestContext, cmd: RecordRefusals) -> RecordedRefusals:
    """Keep which rows of a GSTR-1 the portal refused; until they are mended its file is not filed.

    The newest report of a file counts: one without errors lifts an earlier one. Locks the return and its form.

    Raises:
        UnknownGstReturn: The company has no such return.
        InvalidInput: It is no error report, of another return, or the return is no GSTR-1.
        ReturnFiled: The return is filed. ReturnOutdated: A newer version was prepared.

    Emits:
        gst_returns.return_reported.v1
    """
    report = read_report(_bytes(cmd.content))
    held = hold_return(session, ctx, cmd.return_id)
    require_open(held)
    _require_of(held, report)
    row = {
        "tenant_id": ctx.tenant_id,
        "id": new_id(),
        "company_id": ctx.company_id,
        "return_id": held.id,
        "sha256": held.sha256,
        "file_name": cmd.file_name,
        "refusals": [asdict(one) for one in report.refusals],
        "recorded_by": ctx.user_id,
    }
    db.insert_rows(session, GstPortalReport, [row])
    told = ReturnReported(return_id=held.id, refused=len(report.refusals))
    emit(session, ctx, held.id, told)
    return RecordedRefusals(id=row["id"], refused=len(report.refusals))


def _bytes(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        message = "The file did not arrive whole. Choose it again."
        raise InvalidInput(message, fields={"content": message}) from None


def _require_of(held: Held, report: PortalReport) -> None:
    """Refuse a report that says it is of another registration or period."""
    if held.form is not ReturnForm.GSTR1:
        message = "The portal takes a file of GSTR-1 alone, and reports on no other."
        raise InvalidInput(message, fields={"return_id": message})
    if report.gstin not in {"", held.gstin} or report.fp not in {"", held.period.fp}:
        message = (
            f"This report is of {report.gstin or held.gstin}, {report.fp or held.period.fp};"
            f" the return is of {held.gstin}, {held.period.fp}."
        )
        raise InvalidInput(message, fields={"content": message})
