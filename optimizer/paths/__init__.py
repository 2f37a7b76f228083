"""Ways to the answer for models that are too large to be asked at once."""
