"""Loyalty: points as a ledger of lots, earned and spent at the till, worth rupees in the books."""

from erp.services.loyalty import referees
from erp.services.loyalty.adjusting import (
    AdjustPoints,
    ExpirePoints,
    PointsAdjusted,
    PointsBooked,
    PointsExpired,
    adjust_points,
    expire_points,
)
from erp.services.loyalty.earning import decide_sale
from erp.services.loyalty.errors import PointsRefused, TooGenerous
from erp.services.loyalty.points import Change, Document, write_change
from erp.services.loyalty.programme import (
    Programme,
    SetProgramme,
    get_programme,
    set_programme,
)
from erp.services.loyalty.queries import (
    GetPoints,
    ListPoints,
    Points,
    get_points,
    list_points,
    points_by,
    points_of,
)
from erp.services.loyalty.reversing import Share, decide_return

__all__ = [
    "AdjustPoints",
    "Change",
    "Document",
    "ExpirePoints",
    "GetPoints",
    "ListPoints",
    "Points",
    "PointsAdjusted",
    "PointsBooked",
    "PointsExpired",
    "PointsRefused",
    "Programme",
    "SetProgramme",
    "Share",
    "TooGenerous",
    "adjust_points",
    "decide_return",
    "decide_sale",
    "expire_points",
    "get_points",
    "get_programme",
    "list_points",
    "points_by",
    "points_of",
    "referees",
    "set_programme",
    "write_change",
]
