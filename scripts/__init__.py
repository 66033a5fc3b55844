"""Scripts that make what the project ships: the embedded sample and pages of the docs."""
