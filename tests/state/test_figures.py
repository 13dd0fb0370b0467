"""The dashboard's charts: what is drawn, and that a click never leads where it should not."""

from datetime import date
from decimal import Decimal

import pytest

from erp.state.charting import follow
from erp.state.reporting.bars import bars, lying_bars, named_bars, steps
from erp.state.reporting.dashboard import _hour_link, _link

LINKS = ["/sales?method=cash", "/sales?method=upi"]


def target(event) -> str:
    return next(str(value) for name, value in event.args if str(name) == "path")


def test_a_clicked_bar_leads_to_its_own_documents():
    assert LINKS[1] in target(follow([{"pointNumber": 1}], LINKS))
    assert LINKS[0] in target(follow([{"pointIndex": 0}], LINKS))


@pytest.mark.parametrize(
    "points",
    [
        [],
        [{}],
        [{"pointNumber": 2}],
        [{"pointNumber": -1}],
        [{"pointNumber": "0"}],
        [{"pointNumber": None, "pointIndex": "https://elsewhere.example"}],
    ],
)
def test_a_click_that_names_no_bar_leads_nowhere(points):
    assert follow(points, LINKS) is None


def test_an_hour_leads_to_the_bills_of_that_hour_where_the_business_is():
    link = _hour_link(date(2026, 11, 21), 9, "Asia/Kolkata")
    assert "from_at=2026-11-21T09%3A00%3A00%2B05%3A30" in link
    assert "to_at=2026-11-21T10%3A00%3A00%2B05%3A30" in link


def test_links_are_quoted():
    assert _link("/sales", search="a&b") == "/sales?search=a%26b"


@pytest.mark.parametrize("top", ["0", "0.40", "7", "99999.99", "12345678.90"])
def test_an_axis_has_a_few_round_ticks_written_the_indian_way(top):
    figure = bars(["10:00"], [Decimal(top)], ["1 bill"])
    axis = figure.layout.yaxis
    assert 2 <= len(axis.ticktext) <= 7
    assert axis.tickvals[-1] >= float(top)
    assert all(text.startswith("₹") for text in axis.ticktext)


def test_amounts_at_the_bars_are_written_in_full():
    figure = lying_bars(["Cash"], [Decimal("123456.50")], ["39%"], "#12a594")
    assert figure.data[0].text == ("₹1,23,456.50  39%",)


def test_a_name_stands_above_its_bar_as_text_and_not_as_markup():
    amounts = [Decimal(700), Decimal(-5)]
    figure = named_bars(["SBL <b>Agencies</b>", "Wheezal"], amounts, ["70%", "0%"])
    first, second = figure.layout.annotations
    assert first.text == "SBL &lt;b&gt;Agencies&lt;/b&gt;"
    assert first.y < second.y
    assert figure.data[0].text == ("₹700.00  70%", "-₹5.00  0%")
    assert figure.layout.xaxis.range[1] > 700


def test_prices_are_drawn_as_steps_by_supplier_on_an_axis_of_their_span():
    days = [date(2026, 11, 1), date(2026, 11, 9)]
    figure = steps({"SBL": [(days[0], Decimal("41.6667")), (days[1], Decimal(44))], "Bakson": []})
    line, empty = figure.data
    assert (line.name, line.line.shape, list(line.x)) == ("SBL", "hv", ["2026-11-01", "2026-11-09"])
    assert [text for text, *_ in line.customdata] == ["₹41.67", "₹44.00"]
    assert len(empty.x) == 0
    axis = figure.layout.yaxis
    assert 0 < axis.tickvals[0] <= 41.67
    assert axis.tickvals[-1] >= 44
    assert all(text.startswith("₹") for text in axis.ticktext)


@pytest.mark.parametrize("prices", [("0.05",), ("260.53", "296.64"), ("1.00", "12345678.90")])
def test_every_price_is_within_the_axis(prices):
    days = [(date(2026, 11, 1), Decimal(price)) for price in prices]
    axis = steps({"SBL": days}).layout.yaxis
    assert axis.tickvals[0] <= float(prices[0])
    assert axis.tickvals[-1] >= float(prices[-1])
    assert len(axis.ticktext) <= 8


def test_amounts_have_their_size_and_room_beside_every_bar():
    bar = lying_bars(["Cash", "Card"], [Decimal(100), Decimal(3)], ["", ""], "#12a594")
    drawn = bar.data[0]
    assert (drawn.textposition, drawn.constraintext) == ("outside", "none")
    assert bar.layout.xaxis.range[1] > 100
