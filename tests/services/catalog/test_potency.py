import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.models.catalog import PotencyScale
from erp.services.catalog import BadPotency, read_potency


@pytest.mark.parametrize(
    ("text", "scale", "number", "label"),
    [
        ("Q", PotencyScale.MOTHER, 0, "Q"),
        ("mt", PotencyScale.MOTHER, 0, "Q"),
        ("Ø", PotencyScale.MOTHER, 0, "Q"),
        ("3X", PotencyScale.DECIMAL, 3, "3X"),
        ("6d", PotencyScale.DECIMAL, 6, "6X"),
        ("30", PotencyScale.CENTESIMAL, 30, "30C"),
        ("30 CH", PotencyScale.CENTESIMAL, 30, "30C"),
        ("200c", PotencyScale.CENTESIMAL, 200, "200C"),
        ("1M", PotencyScale.CENTESIMAL, 1000, "1M"),
        ("M", PotencyScale.CENTESIMAL, 1000, "1M"),
        ("10M", PotencyScale.CENTESIMAL, 10_000, "10M"),
        ("50M", PotencyScale.CENTESIMAL, 50_000, "50M"),
        ("CM", PotencyScale.CENTESIMAL, 100_000, "CM"),
        ("LM1", PotencyScale.LM, 1, "LM1"),
        ("LM 0/1", PotencyScale.LM, 1, "LM1"),
        ("0/30", PotencyScale.LM, 30, "LM30"),
        ("", PotencyScale.NONE, 0, ""),
    ],
)
def test_a_potency_is_read_as_it_is_printed(text, scale, number, label):
    potency = read_potency(text)

    assert (potency.scale, potency.number, potency.label) == (scale, number, label)


@pytest.mark.parametrize(
    "text", ["Q3", "30Z", "0", "0X", "C30", "-6X", "1e3", "thirty", "LM0", "٣٠"]
)
def test_what_is_no_potency_is_refused_at_its_field(text):
    with pytest.raises(BadPotency) as refusal:
        read_potency(text)

    assert "potency" in refusal.value.fields


def test_potencies_are_ordered_from_the_weakest_dilution_up():
    written = ["Q", "3X", "6X", "6C", "30C", "200C", "1M", "10M", "50M", "CM"]

    ranks = [read_potency(text).rank for text in written]

    assert ranks == sorted(ranks)
    assert len(set(ranks)) == len(ranks)


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text):
    try:
        potency = read_potency(text)
    except BadPotency:
        return
    assert read_potency(potency.label) == potency
