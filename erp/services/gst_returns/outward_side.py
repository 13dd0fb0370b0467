"""Everything of a period that a registration owes output tax for. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from erp.services.gst_returns.advances import AdvanceMove, total_of_advances
from erp.services.gst_returns.amendments import Amendments
from erp.services.gst_returns.heads import Heads
from erp.services.gst_returns.outward import Entry, Limit, Outward, classify, total_of
from erp.services.gst_returns.proving import Told


@dataclass(frozen=True)
class OutwardSide:
    """Documents, advances for services, and what is corrected of earlier periods.

    Attributes:
        documents: Everything issued. own: Of these what the scheme of the days states; a credit note
            follows what it takes back.
        limit: Above which an invoice to another state's unregistered buyer stands by itself.
    """

    documents: Sequence[Outward]
    own: Sequence[Outward]
    moves: Sequence[AdvanceMove]
    amendments: Amendments
    limit: Limit

    @property
    def foreign(self) -> list[Outward]:
        """Notes of these days that another scheme's return would have to state."""
        mine = {document.id for document in self.own}
        return [document for document in self.documents if document.id not in mine]

    @cached_property
    def entries(self) -> list[Entry]:
        """The period's own lines by table."""
        return classify(self.own, self.limit)

    @cached_property
    def counted(self) -> list[Entry]:
        """Those lines, and what amendments take off and add."""
        return [*self.entries, *self.amendments.counted]

    @property
    def advances(self) -> list[AdvanceMove]:
        """Advances for services of the period, and what amendments take off and add of earlier ones."""
        return [*self.moves, *self.amendments.advances.counted]

    def total(self) -> Heads:
        """Return what the period adds to what is owed."""
        return total_of(self.counted) + total_of_advances(self.advances)

    def told(self) -> Told:
        """Return the tax that no document of the period states, by the origin of its entry."""
        advances = {
            move.origin_id: (
                f"Advance {move.number}",
                f"/service-advances/{move.advance_id}",
                move.heads.tax_only(),
            )
            for move in self.moves
        }
        amendments = {
            one.id: (f"Amended {one.before.number}", "/gst/amendments", change)
            for one in self.amendments.found
            if (change := one.change.tax_only())
        }
        return {**advances, **amendments, **self.amendments.advances.told}
