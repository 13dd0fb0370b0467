"""UPI payment links and their QR codes, as the till and the printed bill show them."""

import io
import re
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

import segno

from erp.core.errors import InvalidInput
from erp.core.money import ZERO, round_money

_ADDRESS = re.compile(r"[A-Za-z0-9._-]{2,256}@[A-Za-z][A-Za-z0-9]{1,63}", re.ASCII)
_MERCHANT_CODE = re.compile(r"[0-9]{4}", re.ASCII)
_REFERENCE = re.compile(r"[A-Za-z0-9]{1,35}", re.ASCII)
LONGEST_NAME = 99
LONGEST_NOTE = 80


class InvalidUpiPayment(InvalidInput):
    """A payment app would refuse this link."""

    code = "invalid_upi_payment"


@dataclass(frozen=True, slots=True)
class UpiPayment:
    """What a payer's app is asked to pay.

    Attributes:
        payee_address: The merchant's VPA, `name@bank`.
        merchant_code: Category of the merchant: 5912 pharmacy, 8099 health service.
        reference: Unique per bill, letters and digits, up to 35.
        note: Short and free of patients' names: the payer's app keeps it.
        amount: Rupees; none for a static QR, where the payer types it.
    """

    payee_address: str
    payee_name: str
    merchant_code: str | None = None
    reference: str | None = None
    note: str | None = None
    amount: Decimal | None = None


def upi_link(payment: UpiPayment) -> str:
    """Write the link that a payment app opens.

    Raises:
        InvalidUpiPayment: A part breaks the limits of the specification.

    Source: NPCI UPI Linking Specifications 1.6.
    """
    _check(payment)
    amount = None if payment.amount is None else f"{round_money(payment.amount):f}"
    parts = {
        "pn": payment.payee_name,
        "mc": payment.merchant_code,
        "tr": payment.reference,
        "tn": payment.note,
        "am": amount,
        "cu": "INR",
    }
    given = "".join(f"&{key}={quote(value, safe='')}" for key, value in parts.items() if value)
    return f"upi://pay?pa={payment.payee_address}{given}"


def qr_svg(link: str) -> str:
    """Draw the QR code of a link as an SVG that scales to its frame and follows no theme."""
    drawing = io.BytesIO()
    _code(link).save(drawing, kind="svg", xmldecl=False, omitsize=True, dark="#000", light="#fff")
    return drawing.getvalue().decode()


def qr_png(link: str, *, scale: int = 6) -> bytes:
    """Draw the QR code of a link as a PNG with `scale` pixels per module."""
    drawing = io.BytesIO()
    _code(link).save(drawing, kind="png", scale=scale)
    return drawing.getvalue()


def _code(link: str) -> segno.QRCode:
    return segno.make_qr(link, error="m")


def _check(payment: UpiPayment) -> None:
    if not _ADDRESS.fullmatch(payment.payee_address):
        raise _refusal("payee_address", "A UPI address looks like name@bank.")
    if not 0 < len(payment.payee_name) <= LONGEST_NAME or not payment.payee_name.isprintable():
        raise _refusal("payee_name", f"The payee's name has 1 to {LONGEST_NAME} characters.")
    if payment.merchant_code is not None and not _MERCHANT_CODE.fullmatch(payment.merchant_code):
        raise _refusal("merchant_code", "The merchant category has 4 digits.")
    if payment.reference is not None and not _REFERENCE.fullmatch(payment.reference):
        raise _refusal("reference", "The reference has at most 35 letters and digits.")
    note = payment.note or ""
    if len(note) > LONGEST_NOTE or not note.isprintable():
        raise _refusal("note", f"The note has at most {LONGEST_NOTE} characters.")
    if payment.amount is not None and round_money(payment.amount) <= ZERO:
        raise _refusal("amount", "The amount must be above zero.")


def _refusal(field: str, message: str) -> InvalidUpiPayment:
    return InvalidUpiPayment(message, fields={field: message})
