"""Sending a finished report to the patient, or to whoever referred them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import ConfirmationRequired, Conflict, NotFound
from erp.services import messaging
from erp.services.imaging.withholding import withheld_papers
from erp.services.messaging import Channel, NewMessage
from erp.services.platform import Command, Identified, Text, command

PURPOSE = "imaging.report"


class UnknownReport(NotFound):
    """There is no such report."""

    code = "unknown_report"


class ReportNotReady(Conflict):
    """The report is being made, or could not be."""

    code = "report_not_ready"


class Undecided(ConfirmationRequired):
    """The session was not accepted, so the report says "Preliminary" or why it was not."""

    code = "report_undecided"


class SendReport(Command):
    """Send a report's PDF by e-mail.

    Attributes:
        to_address: Where to; empty takes the patient's own address.
        note: Said in the message above the signature.
    """

    report_id: UUID
    to_address: Annotated[str, Field(max_length=254, pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")] = ""
    note: Text = ""


@command(
    "imaging.send_report",
    permission="imaging.review",
    rest="POST /imaging/reports/{report_id}/send",
)
def send_report(session: Session, ctx: RequestContext, cmd: SendReport) -> Identified:
    """Queue an e-mail with a finished report; the same report to the same address goes once a day.

    One that failed or was cancelled that day is queued once more.

    Raises:
        UnknownReport: There is none.
        ReportNotReady: It is being made, or failed.
        Undecided: The session is not accepted; a person may send it so.
        NoAddress: Neither an address was given nor has the patient one.
        ChannelNotSetUp: No mail server is set up.

    Emits:
        messaging.message_queued.v1.
    """
    found = _found(session, ctx, cmd.report_id)
    if found["document_id"] and withheld_papers(session, ctx, [found["document_id"]]):
        raise UnknownReport("There is no such report.")
    if found["status"] != "done":
        raise ReportNotReady("The report is not ready. Wait for it, or ask for another.")
    if found["qa_state"] not in ("accepted", "signed_off") and Undecided.code not in ctx.confirmed:
        raise Undecided(f"Session {found['number']} is not accepted. Send its report all the same?")
    address = cmd.to_address or found["email"] or ""
    new = NewMessage(
        channel=Channel.EMAIL,
        purpose=PURPOSE,
        to_name=found["patient"] if not cmd.to_address else cmd.to_address,
        to_address=address,
        subject=f"Imaging report {found['number']}-R{found['version']}",
        body=_body(found, cmd.note, ctx.user_name),
        origin_type="imaging_session",
        origin_id=found["session_id"],
        dedupe_key=f"{PURPOSE}-{cmd.report_id}-{address.lower()}-{ctx.today}",
        party_id=found["patient_id"],
        documents=(found["document_id"],),
    )
    return Identified(id=messaging.queue_message(session, ctx, new, again=True))


def _found(session: Session, ctx: RequestContext, report_id: UUID) -> db.Row:
    found = db.fetch_one(
        session,
        """
        select made.session_id, made.version, made.status, made.document_id, held.number,
               held.qa_state, held.patient_id, tenant.name as tenant_name, patient.email,
               coalesce(patient.name, nullif(held.patient_name, ''), 'The patient') as patient
          from imaging_report made
          join imaging_session held on (held.tenant_id, held.id) = (made.tenant_id, made.session_id)
          join tenant on tenant.id = made.tenant_id
          left join party patient
            on (patient.tenant_id, patient.id) = (held.tenant_id, held.patient_id)
         where made.tenant_id = %s and made.id = %s
        """,
        (ctx.tenant_id, report_id),
    )
    if found is None:
        raise UnknownReport("There is no such report.")
    return found


def _body(found: db.Row, note: str, sender: str) -> str:
    parts = [
        f"Attached is the report of imaging session {found['number']}.",
        note,
        f"{sender}\n{found['tenant_name']}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
