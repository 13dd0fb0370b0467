"""One bill split over documents: they share its credit, up to the GST that the whole bill shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from erp.core.context import RequestContext
from erp.core.formatting import money_text
from erp.core.money import ZERO
from erp.models.seen_bills import BillSource
from erp.services.seen_bills.errors import BillTaxDiffers
from erp.services.seen_bills.seeing import Seen, SeenElsewhere, seen_elsewhere

SHARING: Final = frozenset({BillSource.EXPENSE, BillSource.ASSET})
"""Documents that book a part of a bill; all others book it whole."""


@dataclass(frozen=True, slots=True)
class Room:
    """What of a bill's GST a document may still take as a credit.

    Attributes:
        left: No limit is known where this is nothing. taken: by `takers`, the documents that took a part.
        is_unknown: They could share, but nobody gave the GST of the whole bill.
    """

    left: Decimal | None
    taken: Decimal = ZERO
    takers: tuple[SeenElsewhere, ...] = ()
    is_unknown: bool = False

    def holds(self, tax: Decimal) -> bool:
        """Tell whether all of a document's tax may be taken."""
        return self.left is None or tax <= self.left

    @property
    def is_whole(self) -> bool:
        """A document that books the bill whole took its credit."""
        return any(one.source not in SHARING for one in self.takers)

    @property
    def words(self) -> str:
        """Name the documents that took a part."""
        return " and ".join(dict.fromkeys(one.words for one in self.takers))


def credit_room(
    session: Session,
    ctx: RequestContext,
    seen: Seen,
    source: BillSource,
    bill_tax: Decimal | None = None,
    own: UUID | None = None,
) -> Room:
    """Return what of a bill's credit is left for a document; claims and assets share it, others take it whole.

    `bill_tax` is the GST of the whole bill as the document gives it; else what another one gave counts. Locks the bill.
    """
    found = seen_elsewhere(session, ctx, seen, own)
    takers = tuple(one for one in found if one.is_credit)
    if not takers:
        return Room(bill_tax)
    taken = sum((one.tax for one in takers), ZERO)
    if not SHARING.issuperset({source, *(one.source for one in takers)}):
        return Room(ZERO, taken, takers)
    whole = stated_tax(takers) if bill_tax is None else bill_tax
    if whole is None:
        return Room(ZERO, taken, takers, is_unknown=True)
    return Room(max(whole - taken, ZERO), taken, takers)


def stated_tax(found: Iterable[SeenElsewhere]) -> Decimal | None:
    """Return the GST of the whole bill as the document entered last gave it."""
    given = [one for one in found if one.is_credit and one.bill_tax is not None]
    return max(given, key=lambda one: (one.noted_at, one.use_id)).bill_tax if given else None


def ask_about_tax(
    session: Session,
    ctx: RequestContext,
    bills: Sequence[tuple[str, Seen, Decimal | None]],
    own: UUID | None = None,
) -> None:
    """Ask about the GST of whole bills, each with its field, that differs from what another document gave.

    Raises:
        BillTaxDiffers: One does; may be confirmed, and counts from then on.
    """
    if BillTaxDiffers.code in ctx.confirmed:
        return
    for field, seen, bill_tax in bills:
        if bill_tax is None:
            continue
        known = stated_tax(seen_elsewhere(session, ctx, seen, own))
        if known not in (None, bill_tax):
            message = (
                f"{money_text(known)} was given as the GST on the whole of bill {seen.number} before."
                f" Read it again, and confirm if it is {money_text(bill_tax)}."
            )
            raise BillTaxDiffers(message, fields={field: message})
