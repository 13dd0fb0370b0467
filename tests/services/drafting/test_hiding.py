"""Nothing that tells who a session is about stays in a text, however it is written."""

import pytest

from erp.services.drafting.hiding import REMOVED, Hider, Identity

ASHA = Identity(
    names=frozenset({"Asha Phadké", "PHADKE^ASHA^^", "Dr. Meera Iyer", "आशा फडके", "Om Rao"}),
    codes=frozenset(
        {
            *("P-000017", "+91 98220 12345", "asha.p@example.in", "12 Tilak Road", "Pune"),
            *("411030", "IS/MAIN/26-27/7", "1.2.826.0.1.99", "A-17", "29 Feb 1988", "Eye clinic"),
        }
    ),
)
SECRETS = (
    "asha",
    "phadk",
    "meera",
    "iyer",
    "आशा",
    "फडके",
    "98220",
    "tilak",
    "pune",
    "000017",
    "1988",
)


def hidden(text: str, *vocabulary: str) -> str:
    return Hider(ASHA, vocabulary).text(text)


@pytest.mark.parametrize(
    "text",
    [
        "Asha moved",
        "asha's left eye",
        "PHADKE, ASHA",
        "phadke^asha",
        "Phadké blinked, ask phadke",
        "told ashaphadke to wait",
        "P000017 and p-000017 and P 000017",
        "call 98220-12345 or 9822012345 or +91 (98220) 12345",
        "call ९८२२०१२३४५",
        "call 98\u200b220 12345",
        "write to asha.p@example.in or Asha.P@Example.in",
        "lives at 12 Tilak Road, Pune 411030",
        "born 29-02-1988, 29/2/88, 1988-02-29, 29 Feb 1988, February 29 1988",
        "\uff21sha with wide letters",
        "A\u0301sha",
        "आशा की बाईं आंख",
        "see IS/MAIN/26-27/7 and 1.2.826.0.1.99",
        "Dr Iyer looked, dr. meera agreed",
        "at the Eye clinic of Pune",
        "Om was restless",
        "pan ABCPR1234Z, aadhaar 1234 5678 9012",
        "https://pacs.example/asha?id=17",
    ],
)
def test_what_the_record_knows_leaves_in_no_spelling(text):
    left = hidden(text).casefold()
    assert not [secret for secret in SECRETS if secret in left]
    assert REMOVED in left
    assert not any(len(run) > 4 for run in digits(left))


def digits(text: str) -> list[str]:
    return "".join(letter if letter.isdigit() else " " for letter in text).split()


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Sunita held the head", "Sunita"),
        ("compared with Ramesh Kumar of yesterday", "Ramesh"),
        ("mr ramesh kumar came along", "ramesh"),
        ("s/o vijay patil", "vijay"),
        ("her husband suresh was told", "suresh"),
        ("KAVITA MOVED", "KAVITA"),
        ("seen with McDonald", "McDonald"),
        ("ring 020 2553 1234", "2553"),
        ("MRN ZX99817", "ZX99817"),
        ("רותי moved", "רותי"),
    ],
)
def test_others_than_the_patient_leave_neither(text, gone):
    assert gone not in hidden(text)


@pytest.mark.parametrize(
    "text",
    [
        "Upper lid covers a quarter of the iris.",
        "Length 12.4 mm, repeated. Second try: 12.6 mm.",
        "OD sharp, OS slightly dark",
        "moved twice; 3 of 5 frames are usable",
        "25 µm per pixel",
    ],
)
def test_plain_remarks_stay_as_they_are(text):
    assert hidden(text) == text.replace("µ", "μ")


def test_the_clinics_own_words_keep_their_capitals_but_never_a_name():
    assert hidden("Fovea centred") == f"{REMOVED} centred"
    assert hidden("Fovea centred", "Fovea centred") == "Fovea centred"
    assert hidden("Asha centred", "Asha centred") == f"{REMOVED} centred"


def test_every_text_of_a_nested_value_is_cleaned_and_numbers_stay():
    hider = Hider(ASHA)
    given = {"a": [{"label": "Asha", "value": 12.4}], "b": "call 9822012345", "n": None}
    left = hider.hidden(given)
    assert left == {"a": [{"label": REMOVED, "value": 12.4}], "b": f"call {REMOVED}", "n": None}
    assert hider.remains(given)
    assert not hider.remains(left)


def test_cleaning_a_cleaned_text_changes_nothing():
    text = "Mr. Ramesh Kumar. Upper lid of Asha, 12 May 2020, ring 98220 12345; KAVITA too. Sharp"
    once = hidden(text)
    assert hidden(once) == once
