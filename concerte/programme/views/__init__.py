"""Pages of the workshop, for those who take part in a programme."""
