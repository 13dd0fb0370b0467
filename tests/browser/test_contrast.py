"""Words stand out from their ground by 4.5 to 1, in light and in dark (WCAG 1.4.3), and on paper."""

import pytest
from playwright.sync_api import expect

from tests.browser.offices import enter
from tests.factories import make_shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interface")]

ENOUGH = 4.5
TONES = ("green", "amber", "red", "blue", "gray")
SAMPLES = "".join(
    [
        '<div id="samples" class="card">',
        *(f'<span class="badge" data-tone="{tone}">{tone}</span>' for tone in TONES),
        *(
            f'<button type="button" class="button button-{look}">{look}</button>'
            for look in ("solid", "outline", "ghost", "danger")
        ),
        '<span style="position: relative; display: block"><span class="bar-count">19</span></span>',
        '<p class="hint">hint</p><p class="error">error</p><input class="input" placeholder="empty">',
        '<ul class="picks"><li><button type="button" aria-current="true">chosen</button></li></ul>',
        "</div>",
    ]
)
RATIOS = """(place) => {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const paint = (layers) => {
    context.clearRect(0, 0, 1, 1);
    for (const layer of layers) { context.fillStyle = layer; context.fillRect(0, 0, 1, 1); }
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (parts) => parts.map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, n) => sum + part * [0.2126, 0.7152, 0.0722][n], 0);
  const grounds = (element) => {
    const found = [];
    for (let at = element; at; at = at.parentElement) found.unshift(getComputedStyle(at).backgroundColor);
    return ["#fff", ...found];
  };
  const ratio = (element, ink) => {
    const below = grounds(element), one = light(paint(below)), other = light(paint([...below, ink]));
    return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  };
  const found = {};
  for (const element of document.querySelectorAll(place)) {
    const isSvg = element instanceof SVGElement, isEmpty = element.matches("input");
    const style = getComputedStyle(element, isEmpty ? "::placeholder" : null);
    const name = `${element.className.baseVal ?? element.className} ${element.textContent}`;
    found[name] = ratio(element, isSvg ? style.fill : style.color);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def shop(environment):
    assert environment
    shop = make_shop("contrast")
    shop.sell({shop.variant_ids[0]: 3})
    return shop


def faint(page, place):
    ratios = page.evaluate(RATIOS, place)
    assert ratios, place
    return {name: round(ratio, 2) for name, ratio in ratios.items() if ratio < ENOUGH}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_components_and_charts_can_be_read(browser_window, interface, shop, scheme):
    page = enter(browser_window, interface, shop, "owner")
    page.emulate_media(color_scheme=scheme)
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    page.locator("#content").evaluate(f"(at) => at.insertAdjacentHTML('beforeend', `{SAMPLES}`)")
    assert not faint(page, "#samples :is(span, button, p, input):not(:has(*))")
    assert not faint(page, ".js-plotly-plot :is(.xtick, .ytick) text")
    assert not faint(page, ".nav-item, .nav-group, .tile-label, .tile-note, .crumbs span")


def test_paper_is_white_whatever_the_screen(browser_window, interface, shop):
    page = enter(browser_window, interface, shop, "owner")
    page.emulate_media(color_scheme="dark", media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert not faint(page, "h1, h2, .tile-label, .tile-value, .tile-note")
    ground = page.locator(".card").first.evaluate(
        "(card) => getComputedStyle(card).backgroundColor"
    )
    assert ground == "rgb(255, 255, 255)"
