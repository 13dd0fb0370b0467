"""Why drafting refuses."""

from erp.core.errors import Conflict, InvalidInput, NotFound
from erp.services.platform import refuse_on


class NoModel(Conflict):
    """No language model is set up here."""

    code = "no_model"


class UnknownDraft(NotFound):
    """There is no such draft."""

    code = "unknown_draft"


class NothingToDraft(InvalidInput):
    """There is nothing a text could be made of."""

    code = "nothing_to_draft"


class IdentityRemains(Conflict):
    """Something of the patient would leave with the request."""

    code = "identity_remains"


class DraftRunning(Conflict):
    """A draft of this session is being written."""

    code = "draft_running"


class TooManyDrafts(Conflict):
    """The organisation asked for as many drafts today as it may."""

    code = "too_many_drafts"


class DraftOvertaken(Conflict):
    """What the draft says is about facts that have changed since."""

    code = "draft_overtaken"


class DraftEnded(Conflict):
    """The draft is not in a state for this."""

    code = "draft_ended"


refuse_on(
    "ix_ai_draft_open",
    lambda: DraftRunning("A draft of this session is being written. Wait for it, or cancel it."),
)
refuse_on(
    "ai_draft_kept",
    lambda: DraftEnded("This draft has ended. Ask for another one."),
)
