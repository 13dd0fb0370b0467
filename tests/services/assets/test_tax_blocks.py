"""Blocks of assets for income tax, worked out by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from erp.core.errors import InvalidInput, PermissionDenied
from erp.services.assets.tax_blocks import TaxBlock, TaxedAsset, block_years
from tests.factories import Shop
from tests.services.assets.owning import months_ago, own, run_month

YEAR = date(2025, 4, 1)
OLD, NEW = date(2025, 6, 1), date(2025, 11, 1)


def asset(
    cost: int, used: date, gone: date | None = None, brought: int = 0, **more: Any
) -> TaxedAsset:
    facts = {"bought_on": used, "is_brought_over": False} | more
    return TaxedAsset(
        TaxBlock.COMPUTERS,
        Decimal(cost),
        used_from=used,
        gone_on=gone,
        brought=Decimal(brought),
        **facts,
    )


def worked(*assets: TaxedAsset, opening: int | None = None, year: date = YEAR) -> Any:
    said = {YEAR: Decimal(opening)} if opening is not None else {}
    return block_years(TaxBlock.COMPUTERS, assets, said, year)


def test_full_rate_from_180_days_on_half_below_it() -> None:
    """3 October to 31 March are 180 days, from 4 October on they are fewer."""
    found = worked(
        asset(10_000, date(2025, 10, 3)), asset(10_000, date(2025, 10, 4)), opening=100_000
    )
    assert (found.added, found.added_late) == (10_000, 10_000)
    assert found.depreciation == 40_000 + 4_000 + 2_000
    assert found.closing == 120_000 - 46_000


def test_what_was_bought_in_an_earlier_year_gets_the_full_rate() -> None:
    found = worked(asset(10_000, NEW, bought_on=date(2025, 3, 1)))
    assert (found.added, found.added_late, found.depreciation) == (10_000, 0, 4_000)


def test_what_was_paid_for_a_sold_asset_leaves_the_block() -> None:
    found = worked(
        asset(50_000, date(2024, 6, 1), date(2025, 9, 1), 30_000), asset(1, OLD), opening=100_000
    )
    assert (found.deducted, found.depreciation) == (30_000, Decimal("28000.40"))


def test_late_additions_bear_what_the_rest_does_not_cover() -> None:
    gone = asset(1, OLD, date(2026, 1, 1), 15_001)
    found = worked(gone, asset(10_000, NEW), opening=10_000)
    assert (found.depreciation, found.closing) == (1_000, 4_000)


def test_more_than_the_block_is_a_short_term_gain_and_an_empty_block_a_loss() -> None:
    gain = worked(asset(1, OLD, date(2026, 1, 1), 20_001), asset(10_000, NEW), opening=5_000)
    assert (gain.depreciation, gain.gain, gain.closing) == (0, 5_000, 0)
    loss = worked(asset(1_000, OLD, date(2026, 1, 1), 600), opening=5_000)
    assert (loss.depreciation, loss.gain, loss.closing) == (0, -5_400, 0)


def test_years_follow_each_other_and_a_later_word_counts() -> None:
    own_asset = asset(100_000, date(2023, 5, 1))
    third = block_years(TaxBlock.COMPUTERS, [own_asset], {}, YEAR)
    assert (third.opening, third.depreciation) == (36_000, 14_400)
    said = {date(2024, 4, 1): Decimal(50_000)}
    assert block_years(TaxBlock.COMPUTERS, [own_asset], said, YEAR).opening == 30_000


def test_what_came_later_does_not_empty_a_block_that_only_has_its_worth() -> None:
    said = {date(2024, 4, 1): Decimal(100_000)}
    found = block_years(TaxBlock.COMPUTERS, [asset(10_000, OLD)], said, YEAR)
    assert (found.opening, found.added, found.gain) == (60_000, 10_000, 0)
    assert found.depreciation == 28_000


def test_the_report_stands_beside_the_books(shop: Shop) -> None:
    own(shop)
    run_month(shop, 1)
    (row,) = shop.run("assets.show_tax_blocks", {}).rows
    assert (row.block, row.rate) == ("Computers and software", 40)
    assert row.added + row.added_late == 60_000
    book = shop.run("assets.list_assets", {}).rows[0]
    assert row.book_worth == book.worth
    assert row.book_depreciation == 60_000 - book.worth


def test_what_came_over_asks_for_its_worth(shop: Shop) -> None:
    day = months_ago(shop, 3)
    own(
        shop,
        bought_from="opening",
        bought_on=date(2024, 4, 1),
        booked_on=day,
        opening_depreciation="1.00",
    )
    assert shop.run("assets.show_tax_blocks", {}).unsaid == ["Computers and software"]
    given = {"block": "computers", "year": shop.ctx.today, "worth": "1000.00"}
    shop.run("assets.set_tax_opening", given)
    shop.run("assets.set_tax_opening", given | {"worth": "2000.00"})
    found = shop.run("assets.show_tax_blocks", {})
    assert (found.unsaid, found.rows[0].opening, found.rows[0].depreciation) == ([], 2000, 800)
    with pytest.raises(InvalidInput) as refused:
        shop.run("assets.set_tax_opening", given | {"year": "2099-05-01"})
    assert "year" in refused.value.fields
    with pytest.raises(PermissionDenied):
        shop.run("assets.set_tax_opening", given, by=shop.acting_as("manager"))
