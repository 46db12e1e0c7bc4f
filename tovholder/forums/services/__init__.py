"""Changes to forums: who is in them, their terms of reference, the convener's look at the participants."""
