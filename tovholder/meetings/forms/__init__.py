"""Forms of meetings: one module for each part of the work."""
