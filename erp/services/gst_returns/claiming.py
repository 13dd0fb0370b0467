"""What of the credit in the books a GSTR-3B claims, and what waits for its supplier."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core import db
from erp.core.context import RequestContext
from erp.core.money import ZERO
from erp.services.gst_returns.charges import ChargeInvoice, lower
from erp.services.gst_returns.checking import Problem
from erp.services.gst_returns.checking_2b import disagreements
from erp.services.gst_returns.gstr3b import Inward, InwardKind
from erp.services.gst_returns.heads import NAMES, NOTHING, Heads
from erp.services.gst_returns.matching_2b import SHARED
from erp.services.gst_returns.ordering import filed_of, last_filed
from erp.services.gst_returns.papers_2b import Pairing, Part, pair_up
from erp.services.gst_returns.reading_inward import InwardSide, read_inward
from erp.services.gst_returns.registrations import Registration
from erp.services.gst_returns.tax_period import TaxPeriod

MATCHED = frozenset({InwardKind.BILL, InwardKind.SPENT})
"""What suppliers report."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Purchases of a period, split into what is claimed and what waits.

    Attributes:
        waited: Credit that the last filed return left to wait; it is in the books already.
        is_asked: A statement of the period is here, so that every bill is asked for in it.
        pairs: Bills that are claimed with the reported document that lets them be.
        disagreements: Credit that suppliers took back and the books did not.
        charge_ids: Of these purchases, what gateways and banks kept; without their tax invoice it waits.
    """

    inward: tuple[Inward, ...]
    waited: Heads
    is_asked: bool
    pairs: tuple[dict[str, str], ...] = ()
    disagreements: tuple[Problem, ...] = ()
    charge_ids: frozenset[UUID] = frozenset()

    @property
    def held(self) -> tuple[Inward, ...]:
        """What waits for the next return."""
        return tuple(one for one in self.inward if not one.is_claimable and not one.is_lapsed)

    @property
    def charges(self) -> tuple[Inward, ...]:
        """Of what waits, charges without a tax invoice that lets their tax be claimed."""
        return tuple(one for one in self.held if one.id in self.charge_ids)

    def held_texts(self) -> list[dict[str, str]]:
        """Return what waits, for the next return to ask again."""
        return [
            {
                "id": str(bought.id),
                "number": bought.number,
                "supplier": bought.supplier,
                "booked_on": str(bought.booked_on),
                "kind": bought.kind.value,
                "origin_id": str(bought.document_id),
                **bought.heads.texts(),
            }
            for bought in self.held
        ]


def read_claims(
    session: Session,
    ctx: RequestContext,
    registration: Registration,
    period: TaxPeriod,
    since: date,
) -> tuple[InwardSide, Claims]:
    """Return what the books say of a period's credit, and what of it the return claims.

    What waited in the last filed return is asked for again. Without a statement of the period its
    own bills are claimed as the books have them; charges of gateways and banks are claimed by their tax invoices. In
    a filed period what was left waiting is what its return left.

    Args:
        since: First day whose bills may be claimed; the credit of older ones lapsed. See `lapsing`.
    """
    earlier = _earlier(session, ctx, registration, period)
    pairing = pair_up(session, ctx, registration, period, [bought.id for bought in earlier])
    side = read_inward(session, ctx, registration, period, pairing.charges)
    charged = _waiting_charges(pairing, period, filed_of(session, ctx, registration, period))
    waits = _waits(pairing) | charged
    inward, still = _without_ended(side.inward, earlier)
    own = _split_all(inward, waits if pairing.is_imported else charged)
    carried = _split_all(still, waits)
    waited = sum((bought.heads for bought in earlier), Heads())
    stated = _with_distributed((*own, *carried), pairing)
    claimed = _without_lapsed(session, ctx, (since, pairing.charges.days()), stated)
    found = disagreements(pairing, period, {bought.id: bought.heads for bought in earlier})
    kept = pairing.charges.ids
    return side, Claims(
        claimed, waited, pairing.is_imported, _pairs(pairing), tuple(found), charge_ids=kept
    )


def _waiting_charges(
    pairing: Pairing, period: TaxPeriod, filed: Mapping[str, Any] | None
) -> dict[UUID, Heads]:
    """Return how much tax of each charge waits; of a filed period, what its return left."""
    charges = pairing.charges
    claimable = {one.id: _claimable_charges(one, pairing) for one in charges.invoices}
    waits = charges.waiting(period.ends_on, claimable)
    if filed is None:
        return waits
    left: dict[UUID, Heads] = {}
    for one in filed.get("held", ()):
        left[UUID(one["id"])] = left.get(UUID(one["id"]), NOTHING) + Heads.of_texts(one)
    return {charge_id: left.get(charge_id, NOTHING) for charge_id in waits}


def _claimable_charges(one: ChargeInvoice, pairing: Pairing) -> Heads:
    """Return the tax that an invoice lets be claimed: all of it, or what was reported where a statement is here."""
    pair = next(
        (match for match in pairing.matches if match.book and match.book.id == one.bill_id), None
    )
    if pair is None or pair.portal is None:
        is_reported = pairing.is_imported or one.dated_on.replace(day=1) in pairing.statements
        return NOTHING if is_reported else one.heads
    return lower(one.heads, pairing.claimable(pair) or NOTHING)


def _with_distributed(inward: Sequence[Inward], pairing: Pairing) -> list[Inward]:
    """Return purchases, those marked that an input service distributor reported."""
    ids: set[UUID] = set()
    for one in (*pairing.matches, *pairing.notes):
        if one.book and one.portal and one.portal.kind in SHARED:
            ids |= {one.book.id} | {part.id for part in pairing.parts.get(one.book.id, ())}
    return [replace(one, is_distributed=True) if one.id in ids else one for one in inward]


_BILL_DAYS: LiteralString = """
    select id, billed_on from supplier_bill where tenant_id = %(tenant)s and id = any(%(ids)s)
    union all
    select id, dated_on from seen_bill_use where tenant_id = %(tenant)s and id = any(%(ids)s)
"""


def _without_lapsed(
    session: Session,
    ctx: RequestContext,
    when: tuple[date, Mapping[UUID, date]],
    inward: Sequence[Inward],
) -> tuple[Inward, ...]:
    """Return purchases, those marked whose bills are older than what may be claimed.

    Args:
        when: Since when bills may be claimed; the day of each charge's bill.
    """
    since, days = when
    given = {"tenant": ctx.tenant_id, "ids": [one.id for one in inward]}
    rows = db.fetch_all(session, _BILL_DAYS, given)
    billed = dict(days) | {row["id"]: row["billed_on"] for row in rows}
    lapsed = {bill_id for bill_id, day in billed.items() if day < since}
    return tuple(
        replace(one, is_claimable=False, is_lapsed=True)
        if one.id in lapsed and one.kind in MATCHED and one.heads.tax > 0
        else one
        for one in inward
    )


def _without_ended(
    inward: Sequence[Inward], earlier: Sequence[Inward]
) -> tuple[Sequence[Inward], Sequence[Inward]]:
    """Return purchases, and what waits, without what was taken back while its credit waited.

    Of such a claim only what was claimed is taken off; the rest was never stated.
    """
    waiting = {one.id: one.heads for one in earlier}
    ended = {one.id for one in inward if one.kind is InwardKind.SPENT and one.heads.tax < 0}
    mended = [
        replace(one, heads=one.heads + waiting[one.id])
        if one.id in ended and one.id in waiting
        else one
        for one in inward
    ]
    return mended, [one for one in earlier if one.id not in ended]


def _pairs(pairing: Pairing) -> tuple[dict[str, str], ...]:
    return tuple(
        {"bill": str(one.book.id), "document": str(one.portal.id)}
        for one in pairing.matches
        if one.book and one.portal and pairing.claimable(one)
    )


def _waits(pairing: Pairing) -> dict[UUID, Heads]:
    """Return how much tax of each bill waits; of a bill of claims or assets, how much of each part."""
    waits: dict[UUID, Heads] = {}
    for one in pairing.matches:
        if one.book is None or not pairing.is_asked(one):
            continue
        claimed = pairing.claimable(one) or Heads()
        if one.book.id in pairing.parts:
            waits |= _waiting_parts(pairing.parts[one.book.id], claimed)
        else:
            waits[one.book.id] = one.book.heads.tax_only() - claimed
    return waits


def _waiting_parts(parts: Iterable[Part], claimed: Heads) -> dict[UUID, Heads]:
    """Share what may be claimed of a bill over its parts, those of earlier returns first."""
    waits = {}
    for part in sorted(parts, key=lambda one: one.is_asked):
        tax = part.heads.tax_only()
        taken = Heads(**{name: min(getattr(tax, name), getattr(claimed, name)) for name in NAMES})
        claimed = (claimed - taken).not_negative()
        if part.is_asked:
            waits[part.id] = tax - taken
    return waits


def _split_all(inward: Iterable[Inward], waits: Mapping[UUID, Heads]) -> list[Inward]:
    return [
        part
        for bought in inward
        for part in (
            _split(bought, waits[bought.id])
            if bought.kind in MATCHED and bought.id in waits and bought.heads.tax >= 0
            else (bought,)
        )
    ]


def _split(bought: Inward, waiting: Heads) -> Iterator[Inward]:
    """Yield the part that is claimed now and the part that waits; one of them may be all of it."""
    tax = bought.heads.tax_only()
    claimed = (tax - waiting).not_negative()
    if claimed or not tax:
        yield replace(bought, heads=Heads(bought.heads.taxable) + claimed)
    if rest := tax - claimed:
        yield replace(bought, heads=rest, untaxed=ZERO, is_claimable=False)


def _earlier(
    session: Session, ctx: RequestContext, registration: Registration, period: TaxPeriod
) -> list[Inward]:
    return [
        Inward(
            id=UUID(one["id"]),
            number=one["number"],
            supplier=one["supplier"],
            booked_on=date.fromisoformat(one["booked_on"]),
            kind=InwardKind(one.get("kind", "bill")),
            heads=Heads.of_texts(one),
            origin_id=UUID(one["origin_id"]) if "origin_id" in one else None,
        )
        for one in last_filed(session, ctx, registration, period).get("held", ())
    ]


def waiting_ids(
    session: Session, ctx: RequestContext, registration: Registration, period: TaxPeriod
) -> list[UUID]:
    """Return bills whose credit the last filed return before a period left to wait."""
    return [bought.id for bought in _earlier(session, ctx, registration, period)]
