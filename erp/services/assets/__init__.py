"""Fixed assets: the register, what they lose month by month, and how they go."""

from erp.models.assets import AssetMethod, AssetStatus, BoughtFrom
from erp.services.assets import referees
from erp.services.assets.block_report import (
    SetTaxOpening,
    ShowTaxBlocks,
    get_printed_blocks,
    set_tax_opening,
    show_tax_blocks,
)
from erp.services.assets.categories import (
    ACCOUNTS,
    AddUsualCategories,
    ChangeCategory,
    CreateCategory,
    ListCategories,
    add_usual_categories,
    change_category,
    create_category,
    list_categories,
)
from erp.services.assets.clock import RunDueMonths, SetClock, get_clock, run_due_months, set_clock
from erp.services.assets.depreciating import Losing, life_ends, lost_by
from erp.services.assets.disposing import DisposeAsset, PaidInto, dispose_asset
from erp.services.assets.errors import (
    AssetGone,
    BilledBefore,
    MonthRun,
    OtherRegistration,
    UnknownAsset,
    WrongDay,
)
from erp.services.assets.holding import HeldAsset, hold_asset, lock_register
from erp.services.assets.listing import GetAsset, ListAssets, get_asset, list_assets
from erp.services.assets.moving import MoveAsset, move_asset
from erp.services.assets.register import (
    Register,
    ShowRegister,
    get_printed_register,
    show_register,
)
from erp.services.assets.registering import RegisterAsset, register_asset
from erp.services.assets.retiring import (
    Leaving,
    Left,
    at_branch,
    book_losses,
    bring_back,
    in_branch,
    retire_asset,
)
from erp.services.assets.running import (
    PreviewDepreciation,
    RunDepreciation,
    preview_depreciation,
    run_depreciation,
)

__all__ = [
    "ACCOUNTS", "AddUsualCategories", "AssetGone", "AssetMethod", "AssetStatus", "BilledBefore", "BoughtFrom",
    "ChangeCategory", "CreateCategory", "DisposeAsset", "GetAsset", "HeldAsset", "Leaving", "Left", "ListAssets",
    "ListCategories", "Losing", "MonthRun", "MoveAsset", "OtherRegistration", "PaidInto", "PreviewDepreciation",
    "Register", "RegisterAsset", "RunDepreciation", "RunDueMonths", "SetClock", "SetTaxOpening", "ShowRegister",
    "ShowTaxBlocks", "UnknownAsset", "WrongDay", "add_usual_categories", "at_branch", "book_losses", "bring_back",
    "change_category", "create_category", "dispose_asset", "get_asset", "get_clock", "get_printed_blocks",
    "get_printed_register", "hold_asset", "in_branch", "life_ends", "list_assets", "list_categories",
    "lock_register", "lost_by", "move_asset", "preview_depreciation", "referees", "register_asset", "retire_asset",
    "run_depreciation", "run_due_months", "set_clock", "set_tax_opening", "show_register", "show_tax_blocks",
]  # fmt: skip
