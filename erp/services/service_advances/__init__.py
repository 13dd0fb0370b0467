"""Advances for services: received with the tax that is due at once, applied to invoices, paid back."""

from erp.models.service_advances import AdvanceStepKind
from erp.services.service_advances import referees
from erp.services.service_advances.applying import (
    AppliedAdvance,
    ApplyServiceAdvance,
    apply_advance,
)
from erp.services.service_advances.correcting import (
    MadeStep,
    corrected_advance,
    corrected_steps,
    keep_amendments,
    steps_of,
)
from erp.services.service_advances.errors import (
    AdvanceApplied,
    AdvanceUsedUp,
    NoTaxOnAdvance,
    NotItsService,
    StepUndone,
    UnknownServiceAdvance,
)
from erp.services.service_advances.giving_back import (
    RefundedAdvance,
    RefundServiceAdvance,
    TakeBackServiceAdvance,
    refund_advance,
    take_back_advance,
)
from erp.services.service_advances.holding import HeldAdvance, hold_advance
from erp.services.service_advances.queries import (
    GetServiceAdvance,
    ListServiceAdvances,
    ServiceAdvanceDetail,
    ServiceAdvancePage,
    ServiceAdvanceRow,
    TakerRow,
    get_advance,
    list_advances,
)
from erp.services.service_advances.receiving import (
    ReceivedAdvance,
    ReceiveServiceAdvance,
    receive_advance,
)
from erp.services.service_advances.undoing import UndoStep, undo_step

__all__ = [
    "AdvanceApplied", "AdvanceStepKind", "AdvanceUsedUp", "AppliedAdvance", "ApplyServiceAdvance",
    "GetServiceAdvance", "HeldAdvance", "ListServiceAdvances", "MadeStep", "NoTaxOnAdvance", "NotItsService",
    "ReceiveServiceAdvance", "ReceivedAdvance", "RefundServiceAdvance", "RefundedAdvance",
    "ServiceAdvanceDetail", "ServiceAdvancePage", "ServiceAdvanceRow", "StepUndone", "TakeBackServiceAdvance",
    "TakerRow", "UndoStep", "UnknownServiceAdvance", "apply_advance", "corrected_advance", "corrected_steps",
    "get_advance", "hold_advance", "keep_amendments", "list_advances", "receive_advance", "referees", "refund_advance",
    "steps_of", "take_back_advance", "undo_step",
]  # fmt: skip
