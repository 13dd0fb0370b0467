"""Money that customers pay before a service, with the tax that is due on it at once."""

from erp.models.service_advances.advance import (
    AdvanceStepKind,
    ServiceAdvance,
    ServiceAdvanceLeft,
    ServiceAdvanceStep,
)
from erp.models.service_advances.amendment import ServiceAdvanceAmendment

__all__ = [
    "AdvanceStepKind",
    "ServiceAdvance",
    "ServiceAdvanceAmendment",
    "ServiceAdvanceLeft",
    "ServiceAdvanceStep",
]
