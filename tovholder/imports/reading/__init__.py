"""From an uploaded file to rows of cells: nothing is trusted, nothing is guessed without a word about it."""
