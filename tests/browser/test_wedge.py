"""The scanner's wedge alone on a page: what stood in a field stays, and the scan is the scan."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

WEDGE = Path(__file__).parents[2] / "erp/components/wedge.jsx"
REACT = "const useEffect = (run) => run(), useRef = (value) => ({ current: value });"
CODE = "8901234567890"


@pytest.mark.parametrize(
    ("before", "typed_slowly"),
    [
        ("Dose (10) drops ", ""),
        ("(see the label) ", ""),
        ("", "(01"),
    ],
)
def test_words_in_brackets_before_a_scan_are_no_part_of_it(browser: Browser, before, typed_slowly):
    script = WEDGE.read_text().replace('import { useEffect, useRef } from "react";', REACT)
    page = browser.new_page()
    page.set_content("<input id='note' />")
    begin = "ScannerWedge({ onScan: (code) => { window.scanned = code; }, gapMs: 300 });"
    page.add_script_tag(content=script.replace("export ", "") + begin)
    page.locator("#note").fill(before)
    page.locator("#note").press("End")
    page.keyboard.type(typed_slowly)
    page.wait_for_timeout(600 if typed_slowly else 0)
    code = f"){CODE}" if typed_slowly else CODE
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    assert page.evaluate("window.scanned") == typed_slowly + code
    assert page.locator("#note").input_value() == before
    page.close()
