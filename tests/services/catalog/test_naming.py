from hypothesis import given
from hypothesis import strategies as st

from erp.services.catalog.naming import Named, label_of, search_text_of, search_words, sku_of
from erp.services.catalog.potency import read_potency

ARNICA = Named(
    "Arnica Montana", "SBL", "dilution", read_potency("30"), 30, "ml", ("Leopard's bane", "Arn")
)


def test_a_label_says_remedy_potency_form_pack_and_brand():
    assert label_of(ARNICA) == "Arnica Montana 30C dilution 30 ml SBL"


def test_a_form_the_name_says_is_not_said_twice():
    ointment = Named("Arnica Ointment", "SBL", "ointment", read_potency(""), 25, "g")

    assert label_of(ointment) == "Arnica Ointment 25 g SBL"


def test_a_sku_follows_the_trade():
    assert sku_of(ARNICA) == "SBL-ARNM-30C-30ML"


def test_search_text_holds_every_way_to_ask():
    words = search_text_of(ARNICA).split()

    assert {"arnica", "montana", "leopard", "bane", "arn", "sbl", "30c", "30ch", "30ml"} <= set(
        words
    )


def test_typed_words_become_beginnings_in_any_order():
    assert search_words("Ars alb 30") == "ars:* & alb:* & 30:*"
    assert search_words("Nux-v") == "nux:* & v:*"
    assert search_words("Silicea 0/1") == "silicea:* & lm1:*"
    assert search_words("café") == "cafe:*"
    assert search_words("  ") == ""


@given(st.text())
def test_no_typed_character_reaches_the_query_language(text):
    for part in search_words(text).split(" & "):
        assert not part or (part.endswith(":*") and part[:-2].isalnum() and part[:-2].isascii())
