"""Prescriptions at the till: which goods need one, and the register of those that were filled."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Annotated, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.models.pos import Prescription
from erp.services.catalog import LicenceClass, SaleLine
from erp.services.platform import (
    Closed,
    Day,
    Order,
    Result,
    Rows,
    ShortText,
    SortedPage,
    Text,
    conditions_of,
    fetch_page,
    query,
)
from erp.services.pos.errors import PrescriptionRequired

PRESCRIBED = frozenset({LicenceClass.RESTRICTED, LicenceClass.NARCOTIC})


class GivenPrescription(Closed):
    """What the counter reads off a prescription.

    Attributes:
        registration_no: Of the practitioner with their council.
    """

    doctor_name: ShortText
    registration_no: ShortText
    patient_name: ShortText
    prescribed_on: Day
    note: Text = ""


class ListPrescriptions(SortedPage):
    """Prescriptions that goods were sold on, newest first."""

    sort: Annotated[
        str,
        Order(
            "-id",
            {
                "number": "text",
                "filled_at": "instant",
                "patient_name": "text",
                "doctor_name": "text",
                "prescribed_on": "day",
            },
        ),
    ] = ""
    from_day: date | None = None
    to_day: date | None = None
    doctor: Text = ""


class PrescriptionRow(Result):
    """A prescription with the bill it was filled by."""

    id: UUID
    sale_id: UUID
    number: str
    doctor_name: str
    registration_no: str
    patient_name: str
    prescribed_on: date
    filled_at: datetime
    goods: str
    note: str


class PrescriptionPage(Rows):
    """A page of the register."""

    rows: list[PrescriptionRow]


def on_prescription(goods: Iterable[SaleLine]) -> set[UUID]:
    """Return the variants among goods that are sold on a prescription only, by their class.

    Source: Drugs Rules 1945, r.65(9); NDPS Rules 1985 for narcotics.
    """
    return {line.variant_id for line in goods if line.licence_class in PRESCRIBED}


def require_prescription(
    ctx: RequestContext, goods: Collection[SaleLine], given: GivenPrescription | None
) -> None:
    """Refuse goods that need a prescription where none is given, and one of tomorrow.

    Raises:
        PrescriptionRequired: Goods need one; all are named.
        InvalidInput: It is dated in the future.
    """
    if given is None:
        lines = {line.variant_id: line.label for line in goods}
        needing = on_prescription(goods)
        if needing:
            names = ", ".join(sorted({lines[variant] for variant in needing}))
            message = f"A prescription is needed for {names}. Name doctor, patient and date."
            raise PrescriptionRequired(message, fields={"prescription": message})
    elif given.prescribed_on > ctx.today:
        message = "A prescription is not dated in the future."
        raise InvalidInput(message, fields={"prescription.prescribed_on": message})


def write_prescription(
    session: Session, ctx: RequestContext, sale_id: UUID, given: GivenPrescription | None
) -> None:
    """Enter a filled prescription into the register; the row may be held."""
    if given is not None:
        row = {"tenant_id": ctx.tenant_id, "id": new_id(), "sale_id": sale_id}
        kept = row | given.model_dump() | {"filled_at": ctx.now}
        db.insert_rows(session, Prescription, [kept])


_LIST: LiteralString = """
    select x.id, x.sale_id, i.number, x.doctor_name, x.registration_no, x.patient_name,
           x.prescribed_on, x.filled_at, x.note,
           (select string_agg(l.description, ', ' order by l.line_no) from invoice_line l
             where (l.tenant_id, l.invoice_id) = (s.tenant_id, s.invoice_id)) as goods
      from prescription x
      join sale s on (s.tenant_id, s.id) = (x.tenant_id, x.sale_id)
      join invoice i on (i.tenant_id, i.id) = (s.tenant_id, s.invoice_id)
     where x.tenant_id = %(tenant)s
"""
_CONDITIONS: dict[str, LiteralString] = {
    "from_day": "and x.filled_at >= %(from_day)s::date::timestamp at time zone %(zone)s",
    "to_day": "and x.filled_at < (%(to_day)s::date + 1)::timestamp at time zone %(zone)s",
    "doctor": "and x.doctor_name ilike '%%' || %(doctor)s || '%%'",
    "search": (
        "and concat_ws(' ', x.doctor_name, x.registration_no, x.patient_name, i.number)"
        " ilike '%%' || %(search)s || '%%'"
    ),
}


@query("pos.list_prescriptions", permission="pos.view", rest="GET /prescriptions")
def list_prescriptions(
    session: Session, ctx: RequestContext, wanted: ListPrescriptions
) -> PrescriptionPage:
    """List filled prescriptions by doctor, registration, patient, number of the bill, or days."""
    given = {
        "tenant": ctx.tenant_id,
        "from_day": wanted.from_day,
        "to_day": wanted.to_day,
        "doctor": wanted.doctor,
        "zone": ctx.time_zone,
        "search": wanted.search,
    }
    select: LiteralString = f"{_LIST} {conditions_of(wanted, _CONDITIONS)}"
    rows, cursor = fetch_page(session, wanted, select, given)
    return PrescriptionPage(rows=[PrescriptionRow(**row) for row in rows], next_cursor=cursor)
