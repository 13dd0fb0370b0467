"""Leases: what a device is lent so that it can sell alone."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, SecretStr
from sqlalchemy.orm import Session

from erp.core import db
from erp.core.clock import fiscal_year
from erp.core.context import RequestContext
from erp.core.errors import NotFound, PermissionDenied
from erp.core.ids import new_id
from erp.core.money import ZERO
from erp.models.pos import LeaseStatus, TillLease
from erp.services.platform import (
    Command,
    Identified,
    Query,
    Result,
    Series,
    ShortText,
    command,
    query,
    refuse_on,
    take_block,
    written,
)
from erp.services.pos.errors import LeaseHeld, LeaseRunOut
from erp.services.pos.offline_papers import (
    PrintedSeller,
    printed_bars,
    printed_seller,
    printed_titles,
    printed_upi,
)
from erp.services.pos.offline_sealing import seal_of_discount
from erp.services.pos.shifts import OpenShift, hold_open_shift

BLOCK = 200
"""Numbers lent at once; a lease that is half used up is lent as many again."""
LONGEST_DAYS = 7
SERIES_MARK = "F"
"""Stands before the register's code in numbers that are given without the server."""

HUNDRED = Decimal(100)

DeviceKey = Annotated[SecretStr, Field(min_length=32, max_length=128)]
Place = Annotated[int, Field(ge=0, le=99_999)]


class TakeLease(Command):
    """Lend a device what it needs to sell on the open shift of a register without the server.

    Attributes:
        device_key: A secret that the device made and nobody else has.
    """

    shift_id: UUID
    device_key: DeviceKey
    device_name: ShortText


class GetLease(Query):
    """A lease, asked for by its device."""

    lease_id: UUID
    device_key: DeviceKey


class LeaseTerms(Result):
    """A lease as its device keeps it.

    Attributes:
        next_number: First number that no sale handed in bears.
        now: By the server's clock, so that a device whose own is wrong says so.
        titles: What the document is called with taxable goods alone, others alone, and both.
        bears_tax: Whether the seller collects tax.
        discount_limit, discount_seal: Percent that the lease's cashier may take off by themselves, and
            what proves that the server said so.
        upi_svg: Code by which a customer pays any amount; empty where the branch has no address.
        bars: Bars of the Code 128 of each number from `first_number` on, as hexadecimal bits.
    """

    lease_id: UUID
    user_id: UUID
    register_id: UUID
    register_name: str
    shift_id: UUID
    cashier: str
    prefix: str
    width: int
    first_number: int
    next_number: int
    last_number: int
    until_day: date
    taken_at: AwareDatetime
    now: AwareDatetime
    time_zone: str
    seller: PrintedSeller
    titles: list[str]
    bears_tax: bool
    discount_limit: str
    discount_seal: str
    upi_svg: str
    bars: list[str]


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease that is held by the transaction."""

    id: UUID
    register_id: UUID
    branch_id: UUID
    company_id: UUID
    shift_id: UUID
    user_id: UUID
    device_digest: str
    device_name: str
    fiscal_year: str
    prefix: str
    width: int
    first_number: int
    last_number: int
    used_until: int | None
    status: str
    taken_at: datetime
    until_day: date
    register_code: str
    register_name: str

    @property
    def end(self) -> int:
        """The last number that is its own; what it gave back is another's by now."""
        return self.last_number if self.used_until is None else self.used_until

    @property
    def series(self) -> Series:
        """The series its numbers come from."""
        return series_of(self.branch_id, self.register_id, self.register_code, self.fiscal_year)

    def is_of(self, key: SecretStr) -> bool:
        """Tell whether a device's secret is that of the lease's device."""
        return self.device_digest == digest_of(key)

    def number(self, place: int) -> str:
        """Return a running number as the device prints it."""
        return written(self.prefix, self.width, place)


_LEASE = """
    select l.id, l.register_id, r.branch_id, b.company_id, l.shift_id, l.user_id, l.device_digest, l.device_name,
           l.fiscal_year, l.prefix, l.width, l.first_number, l.last_number, l.used_until, l.status, l.taken_at,
           l.until_day, r.code, r.name
      from till_lease l
      join register r on (r.tenant_id, r.id) = (l.tenant_id, l.register_id)
      join branch b on (b.tenant_id, b.id) = (r.tenant_id, r.branch_id)
     where l.tenant_id = %(tenant)s and
"""
_OF_BRANCH = " r.branch_id = %(branch)s"
_OWN_TOO = f" (l.user_id = %(user)s or {_OF_BRANCH})"


def digest_of(key: SecretStr) -> str:
    """Return what is kept of a device's secret."""
    return hashlib.sha256(key.get_secret_value().encode()).hexdigest()


def series_of(branch_id: UUID, register_id: UUID, register_code: str, year: str) -> Series:
    """Return the series that only the device of a register writes.

    Source: CGST Rules 2017, rule 46(b): one or several series, consecutive, 16 characters.
    """
    code = f"{SERIES_MARK}{register_code}"
    width = min(5, 16 - len(f"{code}/{year[2:]}/"))
    return Series(branch_id, "offline", year, code, register_id, width)


def hold_lease(session: Session, ctx: RequestContext, lease_id: UUID) -> Lease:
    """Lock a lease of the acting branch; whatever is done with it is done one after another.

    Raises:
        NotFound: There is no such lease at the acting branch.
    """
    lease = _held(session, ctx, f"{_OF_BRANCH} and l.id = %(key)s", lease_id)
    if lease is None:
        raise NotFound("There is no such lease.", fields={"lease_id": "no such lease"})
    return lease


def hold_lease_to_end(
    session: Session, ctx: RequestContext, lease_id: UUID, key: SecretStr
) -> tuple[Lease, RequestContext]:
    """Lock a lease whose device hands in, and return with it the context of where it was lent.

    Whoever sold under a lease hands in wherever they work by now, and so does whoever sells where it
    was lent. The device proves what it was lent; nobody is lent anything by this.

    Raises:
        NotFound: The lease is another cashier's, at another branch.
        PermissionDenied: The device is another.
    """
    lease = _held(session, ctx, f"{_OWN_TOO} and l.id = %(key)s", lease_id)
    if lease is None:
        raise NotFound(
            "You hand in what you sold yourself, or what was sold at your branch. Let its cashier, or"
            " somebody who sells where it was sold, sign in on this device.",
            fields={"lease_id": "of another cashier at another branch"},
        )
    require_device(lease, key)
    return lease, replace(ctx, branch_id=lease.branch_id, company_id=lease.company_id)


def require_device(lease: Lease, key: SecretStr) -> None:
    """Refuse a device that is not the lease's.

    Raises:
        PermissionDenied: The secret is another.
    """
    if not lease.is_of(key):
        raise PermissionDenied("This lease belongs to another device.")


def _held(session: Session, ctx: RequestContext, where: str, key: UUID) -> Lease | None:
    text = f"{_LEASE}{where} for no key update of l".encode()
    about = {"tenant": ctx.tenant_id, "branch": ctx.branch_id, "user": ctx.user_id, "key": key}
    row = db.raw(session).execute(text, about).fetchone()
    return Lease(*row) if row else None


_OPEN_OF_SHIFT = (
    " and l.status = 'open' and l.register_id = (select s.register_id from register_shift s"
    " where s.tenant_id = l.tenant_id and s.id = %(key)s)"
)


@command("pos.take_lease", permission="pos.sell", rest="POST /till-leases")
def take_lease(session: Session, ctx: RequestContext, cmd: TakeLease) -> Identified:
    """Lend a device numbers of the register's offline series, or return what it holds already.

    One device at a time holds a register's lease; it binds device, register, shift and cashier.
    Locks the open lease of the register, the shift (shared), the series.

    Raises:
        ShiftClosed: The shift takes no sales.
        LeaseHeld: Another device has the register's lease, or another cashier or shift of this one.
        LeaseRunOut: Its last day has passed, or a new financial year began; it is handed in first.
        Conflict: Another register's numbers begin as this lease's would.
    """
    lease = _held(session, ctx, f"{_OF_BRANCH}{_OPEN_OF_SHIFT}", cmd.shift_id)
    shift = hold_open_shift(session, ctx, cmd.shift_id)
    if lease is None:
        return Identified(id=_lend(session, ctx, shift, cmd))
    _require_own(ctx, lease, cmd)
    _extend(session, ctx, lease)
    return Identified(id=lease.id)


def _require_own(ctx: RequestContext, lease: Lease, cmd: TakeLease) -> None:
    if not lease.is_of(cmd.device_key):
        raise LeaseHeld(
            f"{lease.device_name} sells offline on {lease.register_name}. One device at a time can."
        )
    if lease.user_id != ctx.user_id or lease.shift_id != cmd.shift_id:
        raise LeaseHeld("This device has to hand in the bills of the cashier before first.")
    if lease.until_day < ctx.today:
        raise LeaseRunOut(
            "What this device was lent has run out. It hands in before it is lent more."
        )


def _lend(session: Session, ctx: RequestContext, shift: OpenShift, cmd: TakeLease) -> UUID:
    year = fiscal_year(ctx.today)
    series = series_of(shift.branch_id, shift.register_id, shift.register_code, year)
    lease_id = new_id()
    block = take_block(session, ctx, series, BLOCK)
    row = {
        "tenant_id": ctx.tenant_id,
        "id": lease_id,
        "register_id": shift.register_id,
        "shift_id": shift.id,
        "user_id": ctx.user_id,
        "device_digest": digest_of(cmd.device_key),
        "device_name": cmd.device_name,
        "fiscal_year": year,
        "prefix": block.prefix,
        "width": block.width,
        "first_number": block.first,
        "last_number": block.last,
        "status": LeaseStatus.OPEN,
        "taken_at": ctx.now,
        "until_day": _last_day(session, ctx, year),
        "reason": "",
    }
    db.insert_rows(session, TillLease, [row])
    return lease_id


def _last_day(session: Session, ctx: RequestContext, year: str) -> date:
    """Return the last day a lease sells on: numbers belong to one financial year, its bills to one GST scheme."""
    start = int(year[:4])
    end = date(start + 1, 3, 31) if start < date.max.year else date.max
    row = db.fetch_one(
        session,
        "select min(valid_from) - 1 as eve from gst_scheme_change"
        " where tenant_id = %s and company_id = %s and valid_from > %s",
        (ctx.tenant_id, ctx.company_id, ctx.today),
    )
    eve = (row and row["eve"]) or end
    return date.fromordinal(
        min(ctx.today.toordinal() + LONGEST_DAYS, end.toordinal(), eve.toordinal())
    )


def _extend(session: Session, ctx: RequestContext, lease: Lease) -> None:
    """Lend as many numbers again once half of the block is used; they follow on."""
    if lease.last_number - next_of(session, ctx, lease) < BLOCK // 2:
        block = take_block(session, ctx, lease.series, BLOCK)
        db.execute(
            session,
            "update till_lease set last_number = %s where tenant_id = %s and id = %s",
            (block.last, ctx.tenant_id, lease.id),
        )


def next_of(session: Session, ctx: RequestContext, lease: Lease) -> int:
    """Return the first number of a lease's block after those that were handed in."""
    row = db.fetch_one(
        session,
        "select max(place) as last from offline_sale where tenant_id = %s and lease_id = %s"
        " and place between %s and %s",
        (ctx.tenant_id, lease.id, lease.first_number, lease.last_number),
    )
    return row["last"] + 1 if row and row["last"] else lease.first_number


@query("pos.get_lease", permission="pos.sell", rest="POST /till-leases/{lease_id}/terms")
def get_lease(session: Session, ctx: RequestContext, wanted: GetLease) -> LeaseTerms:
    """Return what a device was lent and what its receipts say of the seller.

    Raises:
        NotFound: There is no such lease at the acting branch.
        PermissionDenied: The device is another.
        ShiftClosed: The shift of the lease takes no sales.
    """
    lease = hold_lease(session, ctx, wanted.lease_id)
    require_device(lease, wanted.device_key)
    shift = hold_open_shift(session, ctx, lease.shift_id)
    after = next_of(session, ctx, lease)
    limit = _lent_discount(ctx, lease)
    return LeaseTerms(
        lease_id=lease.id,
        user_id=lease.user_id,
        register_id=lease.register_id,
        register_name=lease.register_name,
        shift_id=lease.shift_id,
        cashier=ctx.user_name,
        prefix=lease.prefix,
        width=lease.width,
        first_number=lease.first_number,
        next_number=after,
        last_number=lease.last_number,
        until_day=lease.until_day,
        taken_at=lease.taken_at,
        now=ctx.now,
        time_zone=ctx.time_zone,
        seller=printed_seller(session, ctx, shift),
        titles=printed_titles(shift),
        bears_tax=not (shift.is_composition or shift.is_unregistered),
        discount_limit=limit,
        discount_seal=seal_of_discount(lease.id, limit),
        upi_svg=printed_upi(session, ctx),
        bars=[
            printed_bars(lease.number(n)) for n in range(lease.first_number, lease.last_number + 1)
        ],
    )


def _lent_discount(ctx: RequestContext, lease: Lease) -> str:
    """Return the percent that the lease's cashier may take off; none where somebody else asks."""
    is_own = ctx.user_id == lease.user_id
    return f"{min(ctx.limit('discount_percent'), HUNDRED) if is_own else ZERO:.2f}"


refuse_on(
    "uq_till_lease_open",
    lambda: LeaseHeld("Another device has just begun to sell offline on this till."),
)
