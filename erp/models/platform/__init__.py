"""The kernel's own records: commands, events and their deliveries, numbers, saved views."""

from erp.models.platform.command_log import CommandLog
from erp.models.platform.event import DeliveryStatus, Event, EventDelivery, EventQueue, EventSeal
from erp.models.platform.number_series import NumberSeries
from erp.models.platform.saved_view import SavedView

__all__ = [
    "CommandLog",
    "DeliveryStatus",
    "Event",
    "EventDelivery",
    "EventQueue",
    "EventSeal",
    "NumberSeries",
    "SavedView",
]
