"""Tests of the product, on real servers."""
