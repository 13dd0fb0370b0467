"""Refusals of the loyalty programme."""

from erp.core.errors import InvalidInput
from erp.services.platform import refuse_on


class PointsRefused(InvalidInput):
    """These points cannot be spent now."""

    code = "points_refused"


class TooGenerous(InvalidInput):
    """The programme would give back more than customers pay."""

    code = "too_generous"


refuse_on(
    "ck_loyalty_lot_remaining",
    lambda: PointsRefused(
        "The customer has not that many points.", fields={"points": "more than there are"}
    ),
)
