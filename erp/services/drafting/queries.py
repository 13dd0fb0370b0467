"""Rows of other domains: everything that would tell who a session is about."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.services.drafting.hiding import Identity

_MONTHS: Final = ("%d %b %Y", "%d %B %Y", "%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d")
_NAMES: Final = ("patient_name", "operator", "claimed_name", "assigned_name")
_CODES: Final = (
    "number",
    "external_id",
    "patient_code",
    "patient_issuer",
    "accession",
    "study_uid",
)


def identity_of(session: Session, ctx: RequestContext, session_id: UUID) -> Identity:
    """Return the names and codes that must not leave with anything said about a session."""
    held = _session(session, ctx, session_id)
    dicom = _dicom(session, ctx, session_id)
    people = _people(session, ctx)
    names = [held[name] for name in (*_NAMES, "party_name")]
    names += [value for row in dicom for value in (row["name"], row["referring_physician"])]
    codes = [held[name] for name in (*_CODES, "code", "phone", "email", "address", "city", "pin")]
    codes += [held[name] for name in ("gstin", "pan", "drug_licence_no", "branch", "tenant")]
    codes += [value for row in dicom for value in (row["patient_code"], row["study_uid"])]
    codes += f"{held['address'] or ''}".split(",")
    born = {held["birth_on"], *(row["birth_on"] for row in dicom)}
    codes += [text for day in born if day for text in _written(day)]
    return Identity(
        names=frozenset(name for name in (*names, *people) if name),
        codes=frozenset(code.strip() for code in codes if code and code.strip()),
    )


def _session(session: Session, ctx: RequestContext, session_id: UUID) -> dict[str, Any]:
    row = db.fetch_one(
        session,
        """
        select held.number, held.external_id, held.patient_code, held.patient_issuer,
               held.patient_name, held.accession, held.study_uid, held.operator,
               held.claimed_name, held.assigned_name, party.name as party_name, party.code,
               party.phone, party.email, party.address, party.city, party.pin, party.gstin,
               party.pan, party.drug_licence_no, party.birth_on,
               branch.name as branch, tenant.name as tenant
          from imaging_session held
          join branch on (branch.tenant_id, branch.id) = (held.tenant_id, held.branch_id)
          join tenant on tenant.id = held.tenant_id
          left join party on (party.tenant_id, party.id) = (held.tenant_id, held.patient_id)
         where held.tenant_id = %s and held.id = %s
        """,
        (ctx.tenant_id, session_id),
    )
    if row is None:
        msg = "A session that was found is gone."
        raise RuntimeError(msg)
    return dict(row)


def _dicom(session: Session, ctx: RequestContext, session_id: UUID) -> list[db.Row]:
    return db.fetch_all(
        session,
        """
        select distinct known.name, known.patient_code, known.birth_on, study.referring_physician,
               study.study_uid
          from dicom_instance instance
          join dicom_series series
            on (series.tenant_id, series.id) = (instance.tenant_id, instance.series_id)
          join dicom_study study on (study.tenant_id, study.id) = (series.tenant_id, series.study_id)
          join dicom_patient known
            on (known.tenant_id, known.id) = (study.tenant_id, study.dicom_patient_id)
         where instance.tenant_id = %s and instance.session_id = %s
        """,
        (ctx.tenant_id, session_id),
    )


def _people(session: Session, ctx: RequestContext) -> list[str]:
    rows = db.fetch_all(
        session,
        "select display_name from membership where tenant_id = %s limit 2000",
        (ctx.tenant_id,),
    )
    return [row["display_name"] for row in rows]


def _written(day: date) -> list[str]:
    return [day.strftime(how) for how in _MONTHS]
