"""What meetings shows and takes in: one module for each part of the work."""
