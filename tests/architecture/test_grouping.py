"""Tests that share what takes long to start run on one worker."""

import os

import pytest


@pytest.mark.xdist_group("product")
def test_a_group_of_tests_stays_on_one_worker(request):
    """Without the group in its id xdist deals its tests out, and every worker starts a product."""
    is_shared = "PYTEST_XDIST_WORKER" in os.environ
    assert request.node.nodeid.endswith("@product") is is_shared
