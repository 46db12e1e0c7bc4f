"""What is done with a child's record. Who may do it is decided above, and handed in as a decision."""
