"""The loyalty programme and customers' points."""
