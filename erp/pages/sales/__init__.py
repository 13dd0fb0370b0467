"""Selling prices and coupons."""
