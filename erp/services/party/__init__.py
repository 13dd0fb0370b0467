"""Parties: everyone the business deals with."""
