"""Changes that files make: kept to be looked at, run whole or not at all, undone."""
