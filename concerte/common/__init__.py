"""No business: errors, semesters, partial dates, canonical JSON, comparison of texts, base templates."""
