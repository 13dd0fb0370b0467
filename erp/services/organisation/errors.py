"""Why a change of the organisation is refused."""

from erp.core.errors import Conflict, InvalidInput, NotFound
from erp.services.platform import refuse_on


class UnknownBranch(NotFound):
    """The company has no such branch."""

    code = "unknown_branch"


class BranchCodeTaken(Conflict):
    """Another branch has the code."""

    code = "branch_code_taken"


class RegistrationNeeded(InvalidInput):
    """The branch needs another GST registration than it was given, or may have none."""

    code = "registration_needed"


def _code_taken() -> BranchCodeTaken:
    message = "Another branch has this code. Choose another."
    return BranchCodeTaken(message, fields={"code": message})


refuse_on("uq_branch_tenant_id_code", _code_taken)
