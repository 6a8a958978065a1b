"""Bodies, mandates, meetings, decisions of the colleges, disagreements, opinions asked upstream."""
