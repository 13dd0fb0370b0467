"""Every command is known to change what an offline till sells, and at what price, or not to."""

from erp.services import platform
from erp.services.pos.offline_catalogue import TERMS

SAME_TERMS = {
    "inventory.adjust_stock", "inventory.alert_expiring_lots", "inventory.approve_count",
    "inventory.cancel_count", "inventory.cancel_transfer", "inventory.change_location",
    "inventory.change_warehouse", "inventory.chase_transfers", "inventory.close_location",
    "inventory.close_warehouse",
    "inventory.create_location", "inventory.create_warehouse", "inventory.decide_quarantine",
    "inventory.dismiss_suggestion", "inventory.dispatch_transfer", "inventory.dispense_packs",
    "inventory.import_opening_stock", "inventory.keep_making", "inventory.keep_past_stock", "inventory.make_again",
    "inventory.make_recipe",
    "inventory.quarantine_goods", "inventory.receive_goods", "inventory.receive_transfer",
    "inventory.record_count", "inventory.release_lapsed_reservations",
    "inventory.reopen_location", "inventory.reopen_warehouse",
    "inventory.request_recount", "inventory.request_transfer", "inventory.retire_recipe",
    "inventory.save_recipe", "inventory.set_carrying_rate",
    "inventory.set_checklist", "inventory.set_claim_terms", "inventory.set_count_interval",
    "inventory.set_order_quantity", "inventory.set_reorder_rule",
    "inventory.set_shelf_life",
    "inventory.settle_transfer", "inventory.start_count", "inventory.submit_count",
    "inventory.suggest_reorders", "inventory.take_back_opening_stock", "inventory.thin_past_stock",
    "inventory.transfer_stock", "inventory.write_off_stock",
    "party.create_party", "party.set_party_status", "sales.confirm_quotation",
    "sales.create_coupon", "sales.keep_goods", "sales.make_quotation",
    "sales.set_coupon_status", "sales.take_order",
}  # fmt: skip
"""Commands that move stock, reserve it, or change nothing a till sells."""


def test_every_command_is_known_to_change_what_a_till_may_sell_or_not():
    named = {action.name for action in platform.list_actions("command")}
    asked = {name for name in named if name.split(".")[0] in {"inventory", "party", "sales"}}
    assert asked - SAME_TERMS == TERMS
