"""An instant has a day only in a time zone: after midnight in India it is still yesterday in UTC."""

import re

import pytest

from tests.architecture.test_layout import PRODUCT, ROOT

DAY_OF_AN_INSTANT = re.compile(r"(_at|\bnow|utc_now\(\))\.date\(\)")


@pytest.mark.parametrize("path", PRODUCT, ids=str)
def test_the_day_of_an_instant_is_asked_with_its_time_zone(path):
    for number, line in enumerate((ROOT / path).read_text().splitlines(), 1):
        assert not DAY_OF_AN_INSTANT.search(line), f"{path}:{number}: use business_date"
