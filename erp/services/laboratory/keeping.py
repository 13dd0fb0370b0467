"""Keep the files of laboratories as they came."""

import json
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import Conflict
from erp.core.ids import new_id
from erp.models.laboratory import LabFileFormat
from erp.services import documents
from erp.services.laboratory.hl7_results import read_hl7
from erp.services.laboratory.laboratories import find_laboratory
from erp.services.laboratory.reading_rows import read_csv
from erp.services.platform import Result

FILE_ORIGIN: Final = "lab_file"
"""Documents of this origin are the files of laboratories."""
_HEADS: Final = (
    b"MSH",
    b"FHS",
    b"BHS",
    b"\x0bMSH",
    b"\xef\xbb\xbfMSH",
    b"\xef\xbb\xbfFHS",
    b"\xef\xbb\xbfBHS",
)

documents.allow_reading(FILE_ORIGIN, "laboratory.view")


class UploadedLabFile(Result):
    """A file as it is kept; `is_known` if the same one was uploaded before."""

    id: UUID
    format: LabFileFormat
    is_known: bool


def keep_lab_file(
    session: Session,
    ctx: RequestContext,
    laboratory_id: UUID,
    sha256: str,
    name: str,
    content: bytes,
) -> UploadedLabFile:
    """Read an uploaded file and keep it until somebody takes it in; the same file is told.

    Called by the edge that received the file, which checks the permission. Nothing follows from
    the file until it is taken in, so no event tells of it; the row says who brought it and when.

    Raises:
        UnknownLaboratory: There is no such laboratory.
        Conflict: It takes no more files.
        UnreadableLabFile: It is neither HL7 v2 nor CSV.
    """
    laboratory = find_laboratory(session, ctx, laboratory_id)
    if not laboratory["is_active"]:
        raise Conflict("This laboratory takes no more files. Set it active first.")
    file_format, cells = _read(ctx, content, laboratory["facility"])
    made = db.fetch_one(
        session,
        "insert into lab_file (tenant_id, id, laboratory_id, file_name, sha256, format, cells,"
        " uploaded_by, uploaded_by_name, uploaded_at)"
        " values (%s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s)"
        " on conflict (tenant_id, laboratory_id, sha256) do nothing returning id",
        (
            *(ctx.tenant_id, new_id(), laboratory_id, name, sha256, file_format.value),
            *(json.dumps(cells), ctx.user_id, ctx.user_name, ctx.now),
        ),
    )
    known = made or db.fetch_one(
        session,
        "select id from lab_file where tenant_id = %s and laboratory_id = %s and sha256 = %s",
        (ctx.tenant_id, laboratory_id, sha256),
    )
    assert known is not None  # noqa: S101  one of the two found it
    return UploadedLabFile(id=known["id"], format=file_format, is_known=made is None)


def _read(ctx: RequestContext, content: bytes, facility: str) -> tuple[LabFileFormat, list[Any]]:
    if content.lstrip(b" \r\n\t").startswith(_HEADS):
        told = read_hl7(content, ctx.time_zone, facility)
        return LabFileFormat.HL7, [one.stored() for one in told]
    return LabFileFormat.CSV, read_csv(content)
