"""What e-invoices and way bills need of the outside: a portal, reached through a provider.

Answers are what the portal signed: the adapter lets nothing through whose signature is not the
portal's. Whether it is about the document that was sent is checked here, by `sending`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Call:
    """A call to the portal and what came of it, to be kept.

    Attributes:
        request: What was sent. answer: What came, as it came.
    """

    kind: str
    request: str
    answer: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Registered:
    """The portal's registration of a document.

    Attributes:
        content: What the signed QR code says: `SellerGstin`, `DocNo`, `Irn` and so on.
    """

    irn: str
    ack_no: str
    ack_at: datetime
    signed_invoice: str
    signed_qr: str
    content: Mapping[str, Any]
    is_cancelled: bool
    call: Call


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The portal cancelled a document or way bill; it does not always say when."""

    cancelled_at: datetime | None
    call: Call


@dataclass(frozen=True, slots=True)
class WayBillGiven:
    """The portal's number of a way bill and until when it holds.

    Attributes:
        vehicle_no: The one that it was told of last, where it says so.
    """

    number: str
    made_at: datetime
    valid_until: datetime | None
    call: Call
    vehicle_no: str = ""


class PortalFailure(Exception):
    """The portal did not do what was asked; `call` is kept."""

    def __init__(self, problem: str, call: Call) -> None:
        super().__init__(problem)
        self.problem = problem
        self.call = call


class PortalAway(PortalFailure):
    """No answer, or none that means anything. It may have been done all the same."""


class PortalRefused(PortalFailure):
    """The portal says no, and why.

    Attributes:
        code: Its error's number.
    """

    def __init__(self, code: str, problem: str, call: Call) -> None:
        super().__init__(problem, call)
        self.code = code


class PortalLied(PortalFailure):
    """The answer is not signed by the portal, or holds no registration."""


class InvoicePortal(Protocol):
    """Registers documents and gives way bills, for one registration at a time.

    Every method raises `PortalAway`, `PortalRefused` or `PortalLied`.
    """

    def register(self, gstin: str, payload: str) -> Registered:
        """Register a document."""
        ...

    def fetch(self, gstin: str, kind: str, number: str, issued_on: date) -> Registered | None:
        """Return the registration of a document that the portal may know; nothing if it does not."""
        ...

    def cancel(self, gstin: str, irn: str, code: str, remark: str) -> Cancelled:
        """Cancel a document."""
        ...

    def make_way_bill(self, gstin: str, payload: str) -> WayBillGiven:
        """Have a way bill made."""
        ...

    def find_way_bill(self, gstin: str, kind: str, number: str) -> WayBillGiven | None:
        """Return the way bill in force of a document that the portal may know; nothing if there is none."""
        ...

    def change_vehicle(self, gstin: str, payload: str) -> WayBillGiven:
        """Tell the vehicle that carries on; `valid_until` may be a later one."""
        ...

    def cancel_way_bill(self, gstin: str, number: str, code: str, remark: str) -> Cancelled:
        """Cancel a way bill."""
        ...
