"""Why the party register refuses."""

from erp.core.errors import ConfirmationRequired, Conflict, InvalidInput, NotFound
from erp.services.platform import refuse_on


class UnknownParty(NotFound):
    """No such party in the acting tenant."""

    code = "unknown_party"


class InactiveParty(InvalidInput):
    """The party was closed for new business."""

    code = "inactive_party"


class GstinMissing(InvalidInput):
    """A party registered for GST needs its number."""

    code = "gstin_missing"


class GstinUnexpected(InvalidInput):
    """An unregistered party has no GSTIN."""

    code = "gstin_unexpected"


class WalkInProtected(InvalidInput):
    """The walk-in customer stands for everyone without a name and cannot be closed."""

    code = "walk_in_protected"


class GstinStateDiffers(ConfirmationRequired):
    """The GSTIN belongs to another state than the address."""

    code = "gstin_state_differs"


refuse_on(
    "uq_party_tenant_id_code",
    lambda: Conflict(
        "This code is taken. Choose another.", fields={"code": "taken by another party"}
    ),
)
