"""What a model says is plain, bounded and no diagnosis, or it is refused in words."""

import pytest

from erp.services.drafting.judging import LONGEST, judged, plain, unmeasured
from erp.services.drafting.prompting import SYSTEM

GOOD = "Two pictures were taken. The length is 12.4 mm. Both items of the checklist were met."


def test_a_plain_answer_stays_word_for_word():
    assert judged(GOOD) == type(judged(GOOD))(GOOD, "")


def test_thoughts_aloud_and_invisible_letters_are_left_out():
    said = f"<think>The patient has cancer.</think>\r\n{GOOD}\u200b\u202e\x07"
    assert judged(said).text == GOOD
    assert judged(said).problem == ""


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "nothing"),
        ("  \n\u200b ", "nothing"),
        ("<think>only thoughts</think>", "nothing"),
        ("word " * LONGEST, "letters"),
        ("<p>Two pictures</p>", "markup"),
        ("```\nTwo pictures\n```", "markup"),
        ('{"summary": "Two pictures"}', "markup"),
        ("See [this](http://evil.example)", "markup"),
        ("Send the pictures to a@evil.example", "address"),
        ("Call 98220 12345 now", "telephone"),
        (SYSTEM, "instructions"),
        (f"Sure. {SYSTEM[100:300]}", "instructions"),
        ("The findings are consistent with glaucoma.", "consistent with"),
        ("No sign of MALIGNANCY.", "MALIGNANCY"),
        ("Diagnosis: none.", "Diagnosis"),
        ("Start treatment at once.", "treatment"),
    ],
)
def test_what_may_not_be_used_says_why(said, why):
    refused = judged(said)
    assert why in refused.problem


def test_a_refused_answer_is_kept_for_the_record():
    assert judged("<b>x</b>").text == "<b>x</b>"
    assert len(judged("x" * 100_000).text) <= 20_000


def test_figures_that_nobody_measured_are_named():
    facts = {"measurements": [{"value": 12.4}], "checklist": [{"answer": "3 mm"}], "images": 2}
    assert unmeasured("12.40 mm, 3 mm, 2 images and 17.5 mm, 17.5 again", facts) == ["17.5"]


def test_paragraphs_stay_paragraphs():
    assert plain("One.\n\n\n\nTwo.") == "One.\n\nTwo."
