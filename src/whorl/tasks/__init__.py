"""Tasks: what an attacker sees, the truth kept apart, and the official folders and files."""
