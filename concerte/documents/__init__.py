"""The co-writing engine. Knows nothing of programmes."""
