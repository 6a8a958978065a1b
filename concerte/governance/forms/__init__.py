"""What people fill in, by capability."""
