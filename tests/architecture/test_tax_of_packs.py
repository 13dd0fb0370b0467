"""A pack may be taxed otherwise than its product: no statement reads tax or HSN of the product alone."""

import re

from tests.architecture.test_layout import PRODUCT, text_of

OF_A_PRODUCT = re.compile(r"(?<![\w.])p\.(hsn|tax_class_id)\b")
OF_A_PACK = re.compile(r"coalesce\(\w+\.(hsn|tax_class_id), p\.(hsn|tax_class_id)")
OF_PRODUCTS = {"erp/services/catalog/tax_facts.py": 2, "erp/services/catalog/queries.py": 2}
"""Statements of what the product itself bears, and how often they say so."""


def test_hsn_and_class_of_goods_are_read_of_the_pack_first():
    """Write coalesce(v.hsn, p.hsn), and so the class."""
    found = {str(path): alone for path in PRODUCT if (alone := read_alone(text_of(path)))}
    assert found == OF_PRODUCTS


def read_alone(text):
    return len(OF_A_PRODUCT.findall(text)) - len(OF_A_PACK.findall(text))
