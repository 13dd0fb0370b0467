"""Fixed assets: the register, what they lose month by month, and how they go."""

from erp.models.assets import AssetMethod, AssetStatus, BoughtFrom
from erp.services.assets import referees
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
from erp.services.assets.listing import GetAsset, ListAssets, get_asset, list_assets
from erp.services.assets.moving import MoveAsset, move_asset
from erp.services.assets.register import (
    Register,
    ShowRegister,
    get_printed_register,
    show_register,
)
from erp.services.assets.registering import RegisterAsset, register_asset
from erp.services.assets.running import (
    PreviewDepreciation,
    RunDepreciation,
    preview_depreciation,
    run_depreciation,
)

__all__ = [
    "ACCOUNTS", "AddUsualCategories", "AssetGone", "AssetMethod", "AssetStatus", "BilledBefore", "BoughtFrom",
    "ChangeCategory", "CreateCategory", "DisposeAsset", "GetAsset", "ListAssets", "ListCategories", "Losing",
    "MonthRun", "MoveAsset", "OtherRegistration", "PaidInto", "PreviewDepreciation", "Register", "RegisterAsset",
    "RunDepreciation", "ShowRegister", "UnknownAsset", "WrongDay", "add_usual_categories", "change_category",
    "create_category", "dispose_asset", "get_asset", "get_printed_register", "life_ends", "list_assets",
    "list_categories", "lost_by", "move_asset", "preview_depreciation", "referees", "register_asset",
    "run_depreciation", "show_register",
]  # fmt: skip
