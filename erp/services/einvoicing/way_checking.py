"""What the way-bill portal would refuse, found before anything is sent."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.errors import DomainError
from erp.models.einvoicing import EInvoiceStatus
from erp.services.einvoicing.checking import PIN, Problem
from erp.services.einvoicing.consignment import UNREGISTERED, Consignment, DocumentKind
from erp.services.einvoicing.errors import DocumentNotReady
from erp.services.einvoicing.law import OLDEST_CONSIGNMENT
from erp.services.einvoicing.queueing import needs_reference
from erp.services.gst_returns import UNITS
from erp.services.party import LIVE_STATES, read_gstin

VEHICLE: Final = re.compile(r"[A-Z]{2}[0-9]{1,2}[A-Z]{0,3}[0-9]{4}|TM[A-Z0-9]{6}|DF[A-Z0-9]{6}")
"""A registration number without blanks; temporary and army numbers begin with TM and DF."""

ROAD: Final = "1"
FEWEST_HSN: Final = 4


def way_problems(goods: Consignment, way: Mapping[str, Any], today: date) -> list[Problem]:
    """Return everything that the portal would refuse; fields are those of the form, else the portal's."""
    return [*_way(goods, way, today), *_sides(goods), *_items(goods)]


def require_carriable(
    session: Session, ctx: RequestContext, document: tuple[DocumentKind, UUID], *, is_sent: bool
) -> None:
    """Refuse a way bill of an invoice that is cancelled, or that is to be sent before it is registered.

    Raises:
        DocumentNotReady: It is.

    Source: CGST Rules r.48(5): without its reference number it is no invoice.
    """
    kind, document_id = document
    if kind != "invoice":
        return
    row = db.fetch_one(
        session,
        "select i.number, c.id is not null or coalesce(e.status in ('cancelling', 'cancelled'), false) as is_cancelled,"
        " e.status from invoice i"
        " left join invoice_cancellation c on (c.tenant_id, c.invoice_id) = (i.tenant_id, i.id)"
        " left join einvoice e on (e.tenant_id, e.invoice_id) = (i.tenant_id, i.id)"
        " where i.tenant_id = %s and i.id = %s",
        (ctx.tenant_id, document_id),
    )
    if row and row["is_cancelled"]:
        raise _not_ready(f"{row['number']} is cancelled: its goods do not travel.")
    is_registered = row is not None and row["status"] == EInvoiceStatus.REGISTERED
    if row and is_sent and not is_registered and needs_reference(session, ctx, document_id):
        raise _not_ready(
            f"{row['number']} is not registered with the invoice portal, and no invoice before."
            " Keep a draft, or wait until it is."
        )


def _not_ready(message: str) -> DocumentNotReady:
    return DocumentNotReady(message, fields={"document_id": message})


def _way(goods: Consignment, way: Mapping[str, Any], today: date) -> Iterator[Problem]:
    if (today - goods.dated_on).days > OLDEST_CONSIGNMENT:
        yield Problem(
            "docDate",
            f"The document is older than {OLDEST_CONSIGNMENT} days; the portal takes it no more.",
        )
    vehicle, carrier = way["vehicle_no"], way["transporter_gstin"]
    if vehicle and way["mode"] == ROAD and not VEHICLE.fullmatch(vehicle):
        yield Problem(
            "vehicle_no",
            f"{vehicle} is no vehicle's number. Write it like MH12AB1234, without blanks.",
        )
    if way["mode"] == ROAD and not (vehicle or carrier):
        yield Problem(
            "vehicle_no", "Name the vehicle, or the transporter's GSTIN so that they name it."
        )
    if way["mode"] != ROAD and not way["transport_document"]:
        yield Problem(
            "transport_document",
            "By rail, air or ship the transport document's number is asked for.",
        )
    if carrier and (wrong := _wrong_gstin(carrier)):
        yield Problem("transporter_gstin", f"Transporter's GSTIN {carrier}: {wrong}")


def _sides(goods: Consignment) -> Iterator[Problem]:
    for side, who, trader in (
        ("from", "This branch", goods.seller),
        ("to", "The receiver", goods.buyer),
    ):
        if trader.gstin != UNREGISTERED and (wrong := _wrong_gstin(trader.gstin)):
            yield Problem(f"{side}Gstin", f"{who}: GSTIN {trader.gstin or 'missing'}. {wrong}")
        if not PIN.fullmatch(trader.pin):
            yield Problem(
                f"{side}Pincode", f"{who} has no PIN code of six digits. Type it on its page."
            )
        if trader.state not in LIVE_STATES:
            yield Problem(
                f"{side}StateCode", f"{who}: {trader.state or 'no code'} is no state's code."
            )


def _items(goods: Consignment) -> Iterator[Problem]:
    for place, item in enumerate(goods.items, 1):
        line = f"Line {place}, {item.description}"
        if not item.hsn.isdigit() or len(item.hsn) < FEWEST_HSN:
            yield Problem(
                f"itemList.{place}.hsnCode",
                f"{line}: HSN {item.hsn or 'missing'} has fewer than 4 digits.",
            )
        if item.unit.upper() not in UNITS:
            yield Problem(
                f"itemList.{place}.qtyUnit", f"{line}: {item.unit or 'no unit'} is no unit code."
            )


def _wrong_gstin(gstin: str) -> str:
    try:
        read_gstin(gstin)
    except DomainError as error:
        return error.message
    return ""
