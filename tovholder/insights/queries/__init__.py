"""Reads over everything below, for the pages that put it together."""
