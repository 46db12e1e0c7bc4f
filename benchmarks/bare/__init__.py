"""A bare logged-in Django page: what the pages of Tovholder are held against. Served by the bench only."""
