"""What pages of the organisation know."""
