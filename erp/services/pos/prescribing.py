"""Prescriptions at the till: which goods need one, and the register of those that were filled."""

from collections.abc import Collection
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import InvalidInput
from erp.core.ids import new_id
from erp.models.pos import Prescription
from erp.services.catalog import LicenceClass, SaleLine, UnknownProduct
from erp.services.platform import (
    LAST_ID,
    Closed,
    Command,
    Day,
    Page,
    Query,
    Result,
    Rows,
    ShortText,
    Text,
    command,
    conditions_of,
    decode_cursor,
    encode_cursor,
    query,
)
from erp.services.pos.errors import PrescriptionRequired
from erp.services.pos.shifts import OpenShift


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


class SetPrescriptionRule(Command):
    """Sell a product on a prescription only, or to anybody again."""

    product_id: UUID
    is_required: bool


class PrescriptionRuleSet(Result):
    """Whether the product needs a prescription now."""

    product_id: UUID
    is_required: bool


class GetPrescriptionRule(Query):
    """One product."""

    product_id: UUID


class ListPrescriptions(Page):
    """Prescriptions that goods were sold on, newest first."""

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


@command(
    "pos.set_prescription_rule",
    permission="pos.arrange",
    rest="PUT /products/{product_id}/prescription-rule",
)
def set_prescription_rule(
    session: Session, ctx: RequestContext, cmd: SetPrescriptionRule
) -> PrescriptionRuleSet:
    """Let a product be sold on a prescription only, or lift that.

    Raises:
        UnknownProduct: There is no such product.
    """
    _require_product(session, ctx, cmd.product_id)
    key = (ctx.tenant_id, cmd.product_id)
    if cmd.is_required:
        db.execute(
            session,
            "insert into prescription_rule (tenant_id, product_id, set_by, set_at)"
            " values (%s, %s, %s, %s) on conflict do nothing",
            (*key, ctx.user_id, ctx.now),
        )
    else:
        db.execute(
            session, "delete from prescription_rule where tenant_id = %s and product_id = %s", key
        )
    return PrescriptionRuleSet(product_id=cmd.product_id, is_required=cmd.is_required)


@query(
    "pos.get_prescription_rule",
    permission="pos.view",
    rest="GET /products/{product_id}/prescription-rule",
)
def get_prescription_rule(
    session: Session, ctx: RequestContext, wanted: GetPrescriptionRule
) -> PrescriptionRuleSet:
    """Tell whether a product is sold on a prescription only.

    Raises:
        UnknownProduct: There is no such product.
    """
    _require_product(session, ctx, wanted.product_id)
    found = _ruled(session, ctx, [wanted.product_id])
    return PrescriptionRuleSet(product_id=wanted.product_id, is_required=bool(found))


def lines_on_prescription(
    session: Session, ctx: RequestContext, shift: OpenShift, goods: Collection[SaleLine]
) -> set[UUID]:
    """Return the variants among goods that are sold on a prescription only: by their class, or a rule."""
    of_product = {line.variant_id: line.product_id for line in goods}
    has_rules = shift.has_prescription_rules
    ruled = _ruled(session, ctx, list(set(of_product.values()))) if has_rules else set()
    restricted = {x.variant_id for x in goods if x.licence_class == LicenceClass.RESTRICTED}
    return restricted | {variant for variant, product in of_product.items() if product in ruled}


def require_prescription(
    session: Session,
    ctx: RequestContext,
    shift: OpenShift,
    goods: Collection[SaleLine],
    given: GivenPrescription | None,
) -> None:
    """Refuse goods that need a prescription where none is given, and one of tomorrow.

    Raises:
        PrescriptionRequired: Goods need one; all are named.
        InvalidInput: It is dated in the future.
    """
    if given is None:
        lines = {line.variant_id: line.label for line in goods}
        needing = lines_on_prescription(session, ctx, shift, goods)
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


def _require_product(session: Session, ctx: RequestContext, product_id: UUID) -> None:
    found = db.fetch_one(
        session,
        "select 1 from product where tenant_id = %s and id = %s",
        (ctx.tenant_id, product_id),
    )
    if found is None:
        message = "There is no such product."
        raise UnknownProduct(message, fields={"product_id": message})


def _ruled(session: Session, ctx: RequestContext, product_ids: list[UUID]) -> set[UUID]:
    rows = db.fetch_all(
        session,
        "select product_id from prescription_rule where tenant_id = %s and product_id = any(%s)",
        (ctx.tenant_id, product_ids),
    )
    return {row["product_id"] for row in rows}


_LIST: LiteralString = """
    select x.id, x.sale_id, i.number, x.doctor_name, x.registration_no, x.patient_name,
           x.prescribed_on, x.filled_at, x.note,
           (select string_agg(l.description, ', ' order by l.line_no) from invoice_line l
             where (l.tenant_id, l.invoice_id) = (s.tenant_id, s.invoice_id)) as goods
      from prescription x
      join sale s on (s.tenant_id, s.id) = (x.tenant_id, x.sale_id)
      join invoice i on (i.tenant_id, i.id) = (s.tenant_id, s.invoice_id)
     where x.tenant_id = %(tenant)s and x.id < %(id)s::uuid
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
    after = decode_cursor(wanted.cursor, 1) or [LAST_ID]
    rows = db.fetch_all(
        session,
        f"{_LIST} {conditions_of(wanted, _CONDITIONS)} order by x.id desc limit %(limit)s",
        {
            "tenant": ctx.tenant_id,
            "id": after[0],
            "from_day": wanted.from_day,
            "to_day": wanted.to_day,
            "doctor": wanted.doctor,
            "zone": ctx.time_zone,
            "search": wanted.search,
            "limit": wanted.limit + 1,
        },
    )
    page = [PrescriptionRow(**row) for row in rows[: wanted.limit]]
    return PrescriptionPage(
        rows=page, next_cursor=encode_cursor(page[-1].id) if len(rows) > wanted.limit else ""
    )
