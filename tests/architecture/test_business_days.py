"""An instant has a day only in a time zone: after midnight in India it is still yesterday in UTC."""

import re

from tests.architecture.test_layout import PRODUCT, text_of

DAY_OF_AN_INSTANT = re.compile(r"(_at|\bnow|utc_now\(\))\.date\(\)")


def test_the_day_of_an_instant_is_asked_with_its_time_zone():
    asked = [
        f"{path}:{number}: use business_date"
        for path in PRODUCT
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if DAY_OF_AN_INSTANT.search(line)
    ]
    assert asked == []
