"""Vantage ERP: a back-office suite for homeopathy pharmacies, distributors and clinics."""
