"""Neural networks and how they are trained: written once, for methods and generators alike."""
