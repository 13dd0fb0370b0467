"""What a report is made of: the session's facts, put under the sections of its template."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import business_date
from erp.core.context import RequestContext
from erp.core.formatting import date_text, instant_text
from erp.services.imaging.gauging import size_text
from erp.services.imaging.key_pictures import KeyPicture, key_pictures
from erp.services.imaging.locking import DECIDED
from erp.services.imaging.matching import spoken_name
from erp.services.imaging.printing import (
    PrintedDecision,
    PrintedFact,
    PrintedSummary,
    SessionReport,
)
from erp.services.imaging.queries import (
    place_of_session,
    report_addenda,
    report_answers,
    report_decision,
    report_measurements,
)
from erp.services.imaging.templating import ReportTemplate, laid_out
from erp.services.imaging.words import DECISIONS, REASONS

ANSWERS: Final = {"yes": "Yes", "no": "No", "na": "N/A"}
LACKING: Final = {
    "images": "no picture that can be printed",
    "measurements": "no measurement; draw one in the viewer",
    "checklist": "no checklist was answered by a decision",
    "comments": "no comments; type them where the report is asked for",
    "summary": "no summary; write it on the session's page",
    "signature": "the session is not signed off",
}


WorkedOut = Callable[[Session, RequestContext, UUID], Sequence[str]]
_WORKED_OUT: list[WorkedOut] = []


def print_worked_out(told: WorkedOut) -> None:
    """Have reports of sessions print, beside their measurements, what programs worked out: a line each."""
    _WORKED_OUT.append(told)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants printed; `summary` is the row whose words it prints."""

    number: str
    version: int
    at: datetime
    by_name: str
    findings: str
    summary: Mapping[str, Any] | None


def lay_out(
    session: Session, ctx: RequestContext, row: db.Row, asked: Asked, template: ReportTemplate
) -> tuple[SessionReport, tuple[KeyPicture, ...]]:
    """Return a session as its report says it, and the pictures that belong in it."""
    place = place_of_session(session, ctx, row["branch_id"])
    decision = _decision(session, ctx, row["id"])
    report = SessionReport(
        clinic_name=place["tenant_name"],
        clinic_address=tuple(
            line for line in (place["address"], f"{place['city']} {place['pin']}".strip()) if line
        ),
        report_number=asked.number,
        version=asked.version,
        made_at=asked.at,
        patient_name=row["patient_name"] or spoken_name(row["dicom_name"]) or "Unknown",
        patient_number=row["patient_code"] or row["dicom_code"] or "-",
        session_number=row["number"],
        modality=row["modality"] or row["device_modality"] or "-",
        started_at=row["started_at"] or row["created_at"],
        patient_birth_on=row["birth_on"],
        patient_sex=row["sex"] or "",
        device=_device_facts(row),
        session=_session_facts(row, ctx),
        measurements=_measurements(session, ctx, row["id"]),
        worked_out=tuple(line for told in _WORKED_OUT for line in told(session, ctx, row["id"])),
        checklist=_checklist(session, ctx, row),
        findings=asked.findings,
        summary=_summary(row, asked.summary, ctx),
        decision=decision,
        signatory=asked.by_name,
        addenda=_addenda(session, ctx, row["id"]),
        time_zone=ctx.time_zone,
        layout=laid_out(template, _placeholders(row, place, decision, ctx)),
    )
    prints_images = any(section.kind == "images" for section in template.sections)
    return report, key_pictures(session, ctx, row["id"]) if prints_images else ()


def missing_sections(
    template: ReportTemplate,
    report: SessionReport,
    pictures: tuple[KeyPicture, ...],
    qa_state: str,
) -> dict[str, str]:
    """Return what each required section lacks."""
    held = {
        "images": bool(pictures),
        "measurements": bool(report.measurements),
        "checklist": bool(report.checklist),
        "comments": bool(report.findings),
        "summary": report.summary is not None,
        "signature": qa_state == "signed_off",
    }
    return {
        section.kind: LACKING[section.kind]
        for section in template.sections
        if section.is_required and not held.get(section.kind, True)
    }


def _placeholders(
    row: db.Row, place: db.Row, decision: PrintedDecision | None, ctx: RequestContext
) -> dict[str, str]:
    started = row["started_at"] or row["created_at"]
    return {
        "patient": row["patient_name"] or spoken_name(row["dicom_name"]) or "Unknown",
        "patient_number": row["patient_code"] or row["dicom_code"] or "-",
        "session": row["number"],
        "accession": row["accession"] or "-",
        "protocol": row["protocol"] or "-",
        "modality": row["modality"] or row["device_modality"] or "-",
        "date": date_text(business_date(started, ctx.time_zone)),
        "clinic": place["tenant_name"],
        "reviewer": decision.reviewer if decision else "-",
    }


def _summary(
    row: db.Row, words: Mapping[str, Any] | None, ctx: RequestContext
) -> PrintedSummary | None:
    if words is None or not words["text"]:
        return None
    is_signed = row["qa_state"] == "signed_off" and words["is_latest"]
    notes = [] if is_signed else ["Draft: these words are not signed."]
    if words["drafted_by"]:
        notes.append(
            f"First drafted by a language model ({words['drafted_by']}); read, changed where"
            f" needed and taken as their own words by {words['author_name']}."
        )
    written = f"{words['author_name']}, {instant_text(words['written_at'], ctx.time_zone)}"
    return PrintedSummary(words["text"], written, " ".join(notes))


def _checklist(session: Session, ctx: RequestContext, row: db.Row) -> tuple[PrintedFact, ...]:
    found = report_answers(session, ctx, row) if row["qa_state"] in DECIDED else None
    if found is None:
        return ()
    return tuple(
        PrintedFact(item["label"], _answer(item, found["answers"].get(item["key"], "")))
        for item in found["items"]
    )


def _answer(item: Mapping[str, Any], answer: str) -> str:
    if not answer:
        return "Not answered"
    if item["kind"] == "yes_no":
        return ANSWERS.get(answer, answer)
    return f"{answer} {item['unit']}".strip() if item["kind"] == "number" else answer


def _addenda(session: Session, ctx: RequestContext, session_id: UUID) -> tuple[PrintedFact, ...]:
    return tuple(
        PrintedFact(
            f"{instant_text(added['added_at'], ctx.time_zone)}, {added['author_name']}",
            added["text"],
        )
        for added in report_addenda(session, ctx, session_id)
    )


def _measurements(
    session: Session, ctx: RequestContext, session_id: UUID
) -> tuple[PrintedFact, ...]:
    return tuple(
        _measured(mark)
        for mark in report_measurements(session, ctx, session_id)
        if mark["tool"] != "key" and (mark["value"] is not None or mark["label"])
    )


def _device_facts(row: db.Row) -> tuple[PrintedFact, ...]:
    facts = (
        ("Device", row["device_name"]),
        ("Code", f"{row['site']}/{row['device_code']}"),
        ("Model", row["model"]),
        ("Serial number", row["serial"]),
    )
    return tuple(PrintedFact(name, value) for name, value in facts if value)


def _session_facts(row: db.Row, ctx: RequestContext) -> tuple[PrintedFact, ...]:
    completed = row["completed_at"]
    facts = (
        ("Objects", f"{row['stored']}"),
        ("Held in quarantine", f"{row['quarantined']}" if row["quarantined"] else ""),
        ("Protocol", row["protocol"]),
        ("Operator", row["operator"]),
        ("Accession", row["accession"]),
        ("Completed", instant_text(completed, ctx.time_zone) if completed else ""),
        ("Device clock", "not synchronised" if row["clock"] == "unsynced" else ""),
    )
    return tuple(PrintedFact(name, value) for name, value in facts if value)


def _measured(row: db.Row) -> PrintedFact:
    name = f"{row['tool'].capitalize()} (image {row['number'] or '-'}, frame {row['frame']})"
    if row["value"] is None:
        return PrintedFact(name, row["label"])
    source = row["spacing_source"].replace("_", " ")
    millimetres = f" ({source})" if row["unit"] in {"mm", "mm2"} else ""
    return PrintedFact(name, f"{size_text(row['value'], row['unit'])}{millimetres}{_inside(row)}")


def _inside(row: db.Row) -> str:
    """Return the figures inside a rectangle or ellipse: the server's, or marked as not."""
    found = row["counted"] or row["statistics"]
    if not found:
        return ""
    unit = f" {found['unit']}" if found["unit"] else ""
    figures = (
        f"; mean {found['mean']:.4g}{unit}, SD {found['deviation']:.4g},"
        f" {found['minimum']:.4g} to {found['maximum']:.4g}"
    )
    return figures if row["counted"] else f"{figures} (counted by the browser)"


def _decision(session: Session, ctx: RequestContext, session_id: UUID) -> PrintedDecision | None:
    row = report_decision(session, ctx, session_id)
    if row is None:
        return None
    return PrintedDecision(
        status=DECISIONS[row["to_state"]],
        reviewer=row["reviewer_name"],
        decided_at=row["decided_at"],
        reason=REASONS.get(row["reason_code"]) or row["reason_code"],
        note=row["note"],
        signed=f"{row['signer_name']}, {instant_text(row['signed_at'], ctx.time_zone)}"
        if row["signed_at"]
        else "",
    )
