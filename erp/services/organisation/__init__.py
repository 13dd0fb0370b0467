"""The organisation's own names and branches: what papers say of it, and where it trades."""

from erp.services.organisation.branches import (
    AddBranch,
    UpdateBranch,
    add_branch,
    get_branch,
    update_branch,
)
from erp.services.organisation.errors import BranchCodeTaken, RegistrationNeeded, UnknownBranch
from erp.services.organisation.naming import (
    RenameOrganisation,
    get_organisation,
    rename_organisation,
)

__all__ = [
    "AddBranch",
    "BranchCodeTaken",
    "RegistrationNeeded",
    "RenameOrganisation",
    "UnknownBranch",
    "UpdateBranch",
    "add_branch",
    "get_branch",
    "get_organisation",
    "rename_organisation",
    "update_branch",
]
