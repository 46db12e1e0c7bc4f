"""Changes to meetings, one module a part of the journey."""
