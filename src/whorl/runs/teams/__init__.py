"""The rows of the catalogue, a module for each team that took part, and two of our own."""
