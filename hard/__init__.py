"""Attacks on whorl: what is killed, cut, crafted or full, and what becomes of it; ``make hard``."""
