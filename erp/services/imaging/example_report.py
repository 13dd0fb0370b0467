"""An invented session, to look at a template before there is a real one."""

from datetime import date, timedelta

from erp.core.context import RequestContext
from erp.core.formatting import date_text
from erp.services.imaging.printing import (
    PrintedDecision,
    PrintedFact,
    PrintedSummary,
    SessionReport,
)
from erp.services.imaging.templating import ReportTemplate, laid_out

PATIENT = "Example Patient"


def example_report(ctx: RequestContext, template: ReportTemplate) -> SessionReport:
    """Return a report about nobody, with something under every section."""
    started = ctx.now - timedelta(hours=2)
    facts = {
        "patient": PATIENT,
        "patient_number": "P-000000",
        "session": "IS/EXAMPLE/1",
        "accession": "A-000000",
        "protocol": "Example",
        "modality": "OT",
        "date": date_text(ctx.today),
        "clinic": "Example clinic",
        "reviewer": ctx.user_name,
    }
    return SessionReport(
        clinic_name="Example clinic",
        clinic_address=("1 Example Road", "Pune 411001"),
        report_number="IS/EXAMPLE/1-preview",
        version=0,
        made_at=ctx.now,
        patient_name=PATIENT,
        patient_number=facts["patient_number"],
        session_number=facts["session"],
        modality=facts["modality"],
        started_at=started,
        patient_birth_on=date(1980, 1, 1),
        patient_sex="F",
        device=(PrintedFact("Device", "Example camera"),),
        session=(PrintedFact("Objects", "4"), PrintedFact("Protocol", facts["protocol"])),
        measurements=(PrintedFact("Length (image 1, frame 1)", "12.4 mm (pixel spacing)"),),
        worked_out=("Example ratio: 0.45 · Example model 1.0",),
        checklist=(PrintedFact("In focus", "Yes"), PrintedFact("Whole region shown", "Yes")),
        findings="What whoever asks for the report adds to it stands here.",
        summary=PrintedSummary(
            "The summary of the session stands here.", f"{ctx.user_name}, {date_text(ctx.today)}"
        ),
        addenda=(PrintedFact(f"{date_text(ctx.today)}, {ctx.user_name}", "An addendum."),),
        decision=PrintedDecision("Accepted", ctx.user_name, ctx.now),
        signatory=ctx.user_name,
        time_zone=ctx.time_zone,
        layout=laid_out(template, facts),
        is_preview=True,
        notices=("An invented example: there is no session of this protocol yet.",),
    )
