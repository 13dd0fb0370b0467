"""Why stock refuses to move."""

from erp.core.errors import (
    ConfirmationRequired,
    Conflict,
    InvalidInput,
    NotFound,
    PermissionDenied,
)
from erp.services.platform import refuse_on


class InsufficientStock(InvalidInput):
    """Less can be sold here than was asked for; every short line is named."""

    code = "insufficient_stock"


class ExpiredLot(InvalidInput):
    """The lot is past its last usable day."""

    code = "expired_lot"


class LotOnHold(InvalidInput):
    """The lot is held, in quarantine or recalled."""

    code = "lot_on_hold"


class LotNotSellable(InvalidInput):
    """A lot may not leave for a customer; the database saw it first."""

    code = "lot_not_sellable"


class PointUnanswered(InvalidInput):
    """Goods came and a required point of their checklist was not looked at."""

    code = "point_unanswered"


class LotRequired(InvalidInput):
    """The goods are tracked by lot and none was named."""

    code = "lot_required"


class ReasonRequired(InvalidInput):
    """A person overrides a rule and must say why."""

    code = "reason_required"


class MrpDiffers(InvalidInput):
    """A known lot was received with another MRP."""

    code = "mrp_differs"


class WrongPlace(InvalidInput):
    """The location cannot take part in this movement."""

    code = "wrong_place"


class PlaceClosed(WrongPlace):
    """Nothing is moved into a place that is closed."""

    code = "place_closed"


class PlaceInUse(Conflict):
    """A place cannot be closed while goods are in it or something needs it."""

    code = "place_in_use"


class LotChanged(Conflict):
    """Someone else received or changed the lot at the same time."""

    code = "lot_changed"


class OtherLots(Conflict):
    """Other lots would be taken now than were shown."""

    code = "other_lots"


class UnknownLot(NotFound):
    """No such lot in the acting tenant."""

    code = "unknown_lot"


class UnknownPlace(NotFound):
    """No such location in the acting tenant."""

    code = "unknown_location"


class UnknownCount(NotFound):
    """No such count in the acting tenant."""

    code = "unknown_count"


class CountNotOpen(Conflict):
    """The count is past this step, or not there yet."""

    code = "count_not_open"


class LotBeingCounted(Conflict):
    """Another open count holds the lot in this place."""

    code = "lot_being_counted"


class NothingToCount(InvalidInput):
    """No lot fits what shall be counted, or more than one count can hold."""

    code = "nothing_to_count"


class LotNotThereThen(InvalidInput):
    """A document of a day gone by takes more of a lot than there was at the end of it, or of a day since."""

    code = "lot_not_there_then"


class LotNotOnCount(InvalidInput):
    """The lot is not on the count, or not at the step that was asked for."""

    code = "lot_not_on_count"


class WhichLot(InvalidInput):
    """A scan names a product but not which of its lots."""

    code = "which_lot"


class LotsUncounted(InvalidInput):
    """Lots are neither counted nor spoken for; they are named."""

    code = "lots_uncounted"


class OwnDifferences(PermissionDenied):
    """Who counted may not approve what they found."""

    code = "own_differences"


class UnknownSuggestion(NotFound):
    """No such suggestion in the acting branch."""

    code = "unknown_suggestion"


class SuggestionClosed(Conflict):
    """The suggestion is ordered, dismissed or lapsed."""

    code = "suggestion_closed"


class UnknownTransfer(NotFound):
    """No such transfer to or from the acting branch."""

    code = "unknown_transfer"


class TransferNotOpen(Conflict):
    """The transfer is past this step, or not there yet."""

    code = "transfer_not_open"


class OtherBranch(PermissionDenied):
    """This is for people of the branch at the other end."""

    code = "other_branch"


class InvoiceNeeded(WrongPlace):
    """Goods that go to another GST registration are supplied to it."""

    code = "invoice_needed"


class ByTransfer(WrongPlace):
    """Goods go to another branch, and through transit, by a transfer only."""

    code = "by_transfer"


class InQuarantine(WrongPlace):
    """Goods in quarantine leave it by a decision only."""

    code = "in_quarantine"


class MoreThanSent(InvalidInput):
    """More is said to have come, or to be missing, than is still on its way."""

    code = "more_than_sent"


class UnknownQuarantine(NotFound):
    """No such goods in quarantine in the acting branch."""

    code = "unknown_quarantine"


class MoreThanWaits(InvalidInput):
    """More is decided about than waits for a decision."""

    code = "more_than_waits"


class OwnQuarantine(PermissionDenied):
    """Who put goods apart may not decide about so much of them."""

    code = "own_quarantine"


class NoSupplier(InvalidInput):
    """Nobody is known to take the lot back."""

    code = "no_supplier"


class UnknownDispensing(NotFound):
    """No such packs were made in the acting branch."""

    code = "unknown_dispensing"


class RateStarts(InvalidInput):
    """A carrying rate starts no later than one that is set."""

    code = "rate_starts"


class ShelfLifeStarts(InvalidInput):
    """A term of shelf life starts no later than one that is set."""

    code = "shelf_life_starts"


class BeyondLimit(PermissionDenied):
    """The amount is above what the actor may approve."""

    code = "beyond_limit"


class ShortShelfLife(ConfirmationRequired):
    """Goods arrive with less life than the shop asks for."""

    code = "short_shelf_life"


class OtherExpiry(ConfirmationRequired):
    """A lot of this number is known with another expiry date."""

    code = "other_expiry"


class UnknownRecipe(NotFound):
    """No such recipe on offer in the acting tenant."""

    code = "unknown_recipe"


class RecipeNameTaken(Conflict):
    """Another recipe on offer has the name."""

    code = "recipe_name_taken"


refuse_on(
    "uq_dispensing_recipe_name",
    lambda: RecipeNameTaken(
        "Someone else saved a recipe under this name just now. Choose another."
    ),
)
refuse_on(
    "ck_stock_balance_on_hand",
    lambda: InsufficientStock("There is not enough stock for this. Look at the stock again."),
)
refuse_on(
    "ck_stock_balance_reserved",
    lambda: InsufficientStock("Some of this stock is reserved. Release it or take less."),
)
refuse_on(
    "ck_stock_transfer_line_no_more_than_sent",
    lambda: MoreThanSent("Someone else recorded these units just now. Look at the transfer again."),
)
refuse_on(
    "stock_move_sellable",
    lambda: LotNotSellable("A lot has expired or was put on hold. Add the line again."),
)
refuse_on(
    "stock_move_past",
    lambda: LotNotThereThen(
        "On the day of this document there was less of a lot than it takes, or on a day since. Name a lot that was"
        " there, or first enter the delivery that brought it, with the day it came."
    ),
)
refuse_on(
    "uq_lot_tenant_id_variant_id_lot_number_maker_expires_on",
    lambda: LotChanged("The same lot was received by someone else just now. Try again."),
)
refuse_on(
    "uq_stock_count_line_open_lot",
    lambda: LotBeingCounted("Another open count holds one of these lots. Finish it first."),
)
refuse_on(
    "uq_stock_count_line_tenant_id_count_id_lot_id",
    lambda: LotBeingCounted("Someone else put this lot on the count just now. Try again."),
)


class OpeningMoved(Conflict):
    """Something happened to the goods of an import of opening stock."""

    code = "opening_moved"


class UnknownOpeningStock(NotFound):
    """There is no such import of opening stock."""

    code = "unknown_opening_stock"
