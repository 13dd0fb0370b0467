import csv
import json
from pathlib import Path

import pytest

from erp.services.party.gstin import (
    ALPHABET,
    LIVE_STATES,
    InvalidGstin,
    check_character,
    is_gstin,
    read_gstin,
)

ROOT = Path(__file__).parents[2]
VECTORS = json.loads((ROOT / "tests/data/gst_examples.json").read_text("utf-8"))["gstin_examples"]
GOOD = "27ZZZFZ0001Z1ZU"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["gstin"])
def test_vector(vector):
    assert is_gstin(vector["gstin"]) is vector["valid"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "15 characters; this has 0"),
        ("27ZZZFZ0001Z1Z", "15 characters; this has 14"),
        (" 7ZZZFZ0001Z1ZU", "15 characters; this has 14"),
        ("27ZZZF10001Z1ZS", "Character 7 must be a letter"),
        ("27ZZZFZ0001Z0ZV", "Character 13 must be 1 to 9 or a letter"),
        ("27ZZZFZ0001Z1CU", "Character 14 must be Z"),
        ("2\x00ZZZFZ0001Z1ZU", "Character 2 must be a digit"),
        ("\u0662\u0667ZZZFZ0001Z1ZU", "Character 1 must be a digit"),
        ("40ZZZFZ0001Z1Z6", "No state has the code 40"),
        ("25ZZZFZ0001Z1ZU", "No state has the code 25"),
        ("27ZZZFZ0001Z1ZA", "The last character does not fit"),
        ("27ZZFZZ0001Z1ZU", "The last character does not fit"),
    ],
)
def test_a_wrong_number_is_told_what_is_wrong(text, message):
    with pytest.raises(InvalidGstin, match=message) as refused:
        read_gstin(text)
    assert list(refused.value.fields) == ["gstin"]


def test_blanks_and_lower_case_are_mended():
    assert read_gstin(f"  {GOOD.lower()} ").value == GOOD


def test_parts():
    gstin = read_gstin(GOOD, pan="zzzfz0001z", address_state="27")
    assert (gstin.state_code, gstin.pan, gstin.warnings) == ("27", "ZZZFZ0001Z", ())


def test_another_pan_is_refused():
    with pytest.raises(InvalidGstin, match="PAN"):
        read_gstin(GOOD, pan="ZZZFZ0002Z")


def test_an_address_in_another_state_is_a_warning():
    assert "address of state 24" in read_gstin(GOOD, address_state="24").warnings[0]


def test_sandbox_numbers_pass_only_in_test_mode():
    with pytest.raises(InvalidGstin):
        read_gstin("02AMBPG7773M002")
    assert read_gstin("27ZZZFZ0001Z1ZA", is_check_character_skipped=True).state_code == "27"


def test_every_single_mistyped_character_is_noticed():
    for place in range(14):
        for other in ALPHABET:
            mistyped = GOOD[:place] + other + GOOD[place + 1 :]
            assert is_gstin(mistyped) is (mistyped == GOOD)


def test_check_character_of_the_worked_example():
    assert check_character(GOOD[:14]) == VECTORS[0]["check_char"]


def test_live_states_are_those_of_the_state_list():
    with (ROOT / "erp/seed/data/state_codes.csv").open(encoding="utf-8", newline="") as rows:
        kinds = {row["code"]: row["kind"] for row in csv.DictReader(rows)}
    live = {code for code, kind in kinds.items() if kind not in {"INACTIVE", "SPECIAL"}}
    assert live | {"97"} == LIVE_STATES


@pytest.mark.parametrize("name", ["customers", "suppliers"])
def test_sample_parties_have_valid_numbers(name):
    with (ROOT / f"erp/seed/data/{name}.csv").open(encoding="utf-8", newline="") as rows:
        parties = [row for row in csv.DictReader(rows) if row["gstin"]]
    assert parties
    for party in parties:
        gstin = read_gstin(party["gstin"], pan=party["pan"], address_state=party["state_code"])
        assert gstin.warnings == ()
