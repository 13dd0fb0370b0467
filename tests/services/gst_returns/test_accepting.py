"""What is taken as it is, is taken by its amount; two matters that lead to one page are two."""

from decimal import Decimal

from erp.services.gst_returns.accepting import difference_matter, with_matters, without_accepted
from erp.services.gst_returns.checking import Problem
from erp.services.gst_returns.heads import Heads
from erp.services.gst_returns.proving import Difference

PAGE = "/books/journal"
"""Where documents without an entry lead to, all of them."""


def unbooked(cgst: str, sgst: str = "0.00") -> Difference:
    """Return a document that has no entry."""
    tax = Heads(cgst=Decimal(cgst), sgst=Decimal(sgst))
    return Difference("A document without an entry", PAGE, tax, Heads())


def test_a_difference_that_grew_or_moved_between_heads_is_asked_about_anew():
    reasons = {difference_matter(unbooked("7.00")): "Agreed"}
    assert without_accepted([], [[unbooked("7.00")]], reasons)[1] == []
    for other in (unbooked("7000.00"), unbooked("0.00", "7.00"), unbooked("-7.00")):
        _, left, accepted = without_accepted([], [[other]], reasons)
        assert (left, accepted) == ([other], [])


def test_accepting_one_of_two_that_lead_to_one_page_leaves_the_other():
    first, second = unbooked("7.00"), unbooked("9.00")
    _, left, accepted = without_accepted(
        [], [[first, second]], {difference_matter(first): "Agreed"}
    )
    assert left == [second]
    assert [(one["label"], one["tax"]) for one in accepted] == [(first.label, "-7.00")]


def test_two_that_are_alike_are_accepted_together_and_their_tax_is_of_both():
    """Referee G1 takes this tax off what the accounts hold."""
    both = [unbooked("7.00"), unbooked("7.00")]
    told, left, accepted = without_accepted([], [both], {difference_matter(both[0]): "Agreed"})
    assert (len(told), left) == (2, [])
    assert [one["tax"] for one in accepted] == ["-14.00"]


def test_a_kept_version_tells_the_matters_by_which_it_is_accepted():
    gap = unbooked("7.00")
    heads = {"documents": gap.documents.texts(), "books": gap.books.texts()}
    blocking = {
        "code": "rate",
        "document": "INV-1",
        "page": "/invoices/1",
        "message": "No such rate.",
    }
    told = with_matters(
        {
            "problems": [
                blocking | {"is_blocking": True},
                blocking | {"is_blocking": False},
            ],
            "differences": [{"label": gap.label, "page": gap.page} | heads],
        }
    )
    assert [one["matter"] for one in told["problems"]] == ["rate:INV-1", ""]
    assert [one["matter"] for one in told["differences"]] == [difference_matter(gap)]
    accepted = without_accepted([Problem(**blocking)], [], {"rate:INV-1": "Agreed"})[2]
    assert [(one["label"], one["page"]) for one in accepted] == [("INV-1", "/invoices/1")]
