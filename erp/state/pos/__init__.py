"""The till's state: the cart as text, small dialogs beside it, shifts and returns."""
