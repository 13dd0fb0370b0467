from hypothesis import given
from hypothesis import strategies as st

from erp.adapters.pdf.paging import Block, paginate


def nothing(_y):
    return None


HEAD, CARRIED, BROUGHT = (Block(height, nothing) for height in (5.0, 3.0, 3.1))
heights = st.lists(st.floats(1, 40), min_size=1, max_size=80)


def table(heights):
    return [Block(height, nothing, HEAD, CARRIED, BROUGHT) for height in heights]


@given(heights, st.floats(60, 200), st.floats(60, 200))
def test_blocks_keep_their_order_and_stay_on_the_paper(given_heights, first, later):
    blocks = table(given_heights)
    pages = paginate(blocks, first, later)
    placed = [block for page in pages for block in page.blocks if block.head]
    assert [id(block) for block in placed] == [id(block) for block in blocks]
    for number, page in enumerate(pages):
        assert page.used <= (later if number else first) + 1e-9
        assert page.blocks[0] is HEAD
        assert (page.blocks[1] is BROUGHT) is bool(number)
        assert (page.blocks[-1] is CARRIED) is (number < len(pages) - 1)


def test_a_block_higher_than_a_page_gets_its_own():
    pages = paginate([Block(10, nothing), Block(500, nothing), Block(10, nothing)], 100, 100)
    assert [len(page.blocks) for page in pages] == [1, 1, 1]


def test_nothing_is_carried_between_two_tables():
    other = Block(4, nothing)
    blocks = [*table([50]), Block(80, nothing, other)]
    first, second = paginate(blocks, 100, 100)
    assert first.blocks == [HEAD, blocks[0]]
    assert second.blocks == [other, blocks[1]]


def test_blocks_are_drawn_below_each_other():
    tops: list[float] = []
    (page,) = paginate([Block(10, tops.append), Block(7, tops.append)], 100, 100)
    page.draw(20)
    assert tops == [20, 30]
