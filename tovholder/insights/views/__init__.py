"""Pages that put together what the apps below know."""
