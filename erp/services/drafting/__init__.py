"""Drafting: texts that a language model proposes, of facts without a name, for a person to take or leave."""

from erp.services.drafting.asking import AskDraft, DraftInput, ask_draft, show_input
from erp.services.drafting.deciding import (
    AcceptDraft,
    OneDraft,
    accept_draft,
    cancel_draft,
    discard_draft,
)
from erp.services.drafting.errors import (
    DraftEnded,
    DraftOvertaken,
    DraftRunning,
    IdentityRemains,
    NoModel,
    NothingToDraft,
    TooManyDrafts,
    UnknownDraft,
)
from erp.services.drafting.events import DraftChanged, DraftRequested
from erp.services.drafting.listing import DraftRow, DraftRows, list_drafts
from erp.services.drafting.ports import LanguageModel, ModelAnswer
from erp.services.drafting.withholding import withheld_audit
from erp.services.drafting.writing import (
    DraftToWrite,
    begin_draft,
    end_draft,
    is_wanted,
    written,
)

__all__ = [
    "AcceptDraft",
    "AskDraft",
    "DraftChanged",
    "DraftEnded",
    "DraftInput",
    "DraftOvertaken",
    "DraftRequested",
    "DraftRow",
    "DraftRows",
    "DraftRunning",
    "DraftToWrite",
    "IdentityRemains",
    "LanguageModel",
    "ModelAnswer",
    "NoModel",
    "NothingToDraft",
    "OneDraft",
    "TooManyDrafts",
    "UnknownDraft",
    "accept_draft",
    "ask_draft",
    "begin_draft",
    "cancel_draft",
    "discard_draft",
    "end_draft",
    "is_wanted",
    "list_drafts",
    "show_input",
    "withheld_audit",
    "written",
]
