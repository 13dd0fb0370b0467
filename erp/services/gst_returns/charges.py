"""Charges that gateways and banks kept, and the tax invoices without which the tax on them is no credit. Pure.

Source: CGST Act s.16(2)(a), CGST Rules r.36(1), r.54(2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from erp.services.gst_returns.gstr3b import Inward, InwardKind
from erp.services.gst_returns.heads import NAMES, NOTHING, Heads
from erp.services.gst_returns.tax_period import TaxPeriod

Place = tuple[str, str, date]
"""Whose charges of which month: `gateway` with its account, or `bank` with the bank; the month's first day."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What was kept once, as an entry booked it.

    Attributes:
        id: Of the settlement, or of the entry of a bank's line; origin_id: what the entry is of.
        account_id: The account at the gateway, or the bank's, called `supplier`.
        heads: The charge with the tax inside it.
        reversed_on: It was taken back.
        is_asked: The period's return asks for it: it is of the period, or waited in the last filed return.
    """

    id: UUID
    origin_id: UUID
    place: Place
    account_id: UUID
    supplier: str
    number: str
    booked_on: date
    heads: Heads
    reversed_on: date | None = None
    is_asked: bool = True


@dataclass(frozen=True, slots=True)
class ChargeInvoice:
    """A provider's tax invoice of a month.

    Attributes:
        bill_id: The same in the register of bills.
    """

    id: UUID
    bill_id: UUID | None
    place: Place
    number: str
    dated_on: date
    heads: Heads


@dataclass(frozen=True, slots=True)
class Charges:
    """What stands of charges at a period's end, and the invoices of days until then."""

    kept: tuple[Charge, ...] = ()
    invoices: tuple[ChargeInvoice, ...] = ()

    @property
    def ids(self) -> frozenset[UUID]:
        """What the charges are known by."""
        return frozenset(one.id for one in self.kept)

    @property
    def asked_bills(self) -> frozenset[UUID]:
        """Bills of the register that let charges be claimed which the period's return asks for, or that cover none."""
        asked = {one.place for one in self.kept if one.is_asked}
        known = {one.place for one in self.kept}
        return frozenset(
            one.bill_id
            for one in self.invoices
            if one.bill_id and (one.place in asked or one.place not in known)
        )

    def of(self, period: TaxPeriod) -> list[Inward]:
        """Return what the books of a period say of charges; below zero what was taken back in it."""
        days = [
            (one, day, sign)
            for one in self.kept
            for day, sign in ((one.booked_on, 1), (one.reversed_on, -1))
            if day and period.starts_on <= day <= period.ends_on
        ]
        both = {one.id for one, _, sign in days if sign < 0} & {
            one.id for one, _, sign in days if sign > 0
        }
        return [_inward(one, day, sign) for one, day, sign in days if one.id not in both]

    def standing(self, until: date) -> list[Charge]:
        """Return charges that were not taken back until a day."""
        return [one for one in self.kept if one.reversed_on is None or one.reversed_on > until]

    def waiting(self, until: date, claimable: Mapping[UUID, Heads]) -> dict[UUID, Heads]:
        """Return how much tax of each charge waits that the period's return asks for.

        Of what a month's invoices let be claimed, charges that earlier returns claimed have theirs first.

        Args:
            claimable: Tax of each invoice that counts.
        """
        waits: dict[UUID, Heads] = {}
        by_place = sorted(self.standing(until), key=lambda one: one.place)
        for place, own in groupby(by_place, key=lambda one: one.place):
            invoices = [one for one in self.invoices if one.place == place]
            left = sum((claimable.get(one.id, NOTHING) for one in invoices), NOTHING)
            for one in sorted(own, key=_turn):
                tax = one.heads.tax_only()
                taken = lower(tax, left)
                left = left - taken
                if one.is_asked:
                    waits[one.id] = tax - taken
        return waits

    def days(self) -> dict[UUID, date]:
        """Return the day of each charge's bill, by which its credit lapses: the newest invoice's, else its own."""
        newest: dict[Place, date] = {}
        for one in self.invoices:
            newest[one.place] = max(one.dated_on, newest.get(one.place, one.dated_on))
        return {one.id: newest.get(one.place, one.booked_on) for one in self.kept}


def _turn(one: Charge) -> tuple[bool, bool, date, UUID]:
    """Return by what charges are ordered: what was given back of a month first, so that it makes room."""
    return (one.is_asked, one.heads.tax >= 0, one.booked_on, one.id)


def lower(one: Heads, other: Heads) -> Heads:
    """Return the lower tax of each head."""
    return Heads(**{name: min(getattr(one, name), getattr(other, name)) for name in NAMES})


def _inward(one: Charge, day: date, sign: int) -> Inward:
    return Inward(
        id=one.id,
        number=one.number,
        supplier=one.supplier,
        booked_on=day,
        kind=InwardKind.SPENT,
        heads=one.heads if sign > 0 else -one.heads,
        is_inter=bool(one.heads.igst),
        origin_id=one.origin_id,
    )
