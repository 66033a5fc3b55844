"""Tasks whose truth is known: building them, and whether a task is sound."""
