from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.services.catalog import BadBarcode, read_scan

GTIN = "08901234567894"
SOUND = "02000000000121"


def test_a_printed_gs1_message_gives_product_lot_and_expiry():
    scan = read_scan(f"(01){SOUND}(17)270331(10)ab12")

    assert SOUND in scan.codes
    assert "2000000000121" in scan.codes
    assert (scan.lot_number, scan.expires_on) == ("AB12", date(2027, 3, 31))


def test_day_zero_is_the_last_day_of_the_month():
    assert read_scan(f"(01){SOUND}(17)270200").expires_on == date(2027, 2, 28)


@pytest.mark.parametrize(
    "text",
    [
        f"]d201{SOUND}17270331" + "10AB12",
        f"01{SOUND}10AB12\x1d17270331",
        f"\x1d01{SOUND}17270331" + "10AB12",
    ],
)
def test_a_raw_message_reads_the_same_with_or_without_its_marks(text):
    scan = read_scan(text.removeprefix("\x1d"))

    assert (scan.lot_number, scan.expires_on) == ("AB12", date(2027, 3, 31))
    assert "2000000000121" in scan.codes


def test_a_plain_code_is_looked_up_in_all_lengths_of_a_gtin():
    assert read_scan("2000000000121").codes == ("2000000000121", SOUND)
    assert read_scan("036000291452").codes == (
        "036000291452",
        "36000291452".zfill(13),
        "36000291452".zfill(14),
    )


def test_typed_words_are_no_message():
    assert read_scan("ars alb 30").codes == ("ars alb 30",)


@pytest.mark.parametrize("text", ["(01)123", "(99", "]d2zzzz", "(17)991399"])
def test_a_broken_message_is_refused_with_the_remedy(text):
    with pytest.raises(BadBarcode) as refusal:
        read_scan(text)

    assert "Scan it again" in refusal.value.fields["search"]


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    try:
        read_scan(text)
    except BadBarcode as refusal:
        assert refusal.fields  # noqa: PT017
