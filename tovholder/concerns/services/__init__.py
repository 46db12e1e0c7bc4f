"""What is done with a concern. Texts are sealed on the way in and opened on the way out, with a line in the log."""
