"""The networks that only generators use."""
