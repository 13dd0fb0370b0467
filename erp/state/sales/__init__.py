"""The pages of selling prices and coupons: what they hold and do."""
