"""Who may do what, by capability. Asked of today’s memberships."""
