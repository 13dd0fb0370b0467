"""Advances for services on the screen."""
