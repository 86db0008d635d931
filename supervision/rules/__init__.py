"""What may happen to a visit, an issue and a quarter; pure, without database or clock."""
