"""Pages about concerns. Who may not know of one gets the page of what does not exist."""
