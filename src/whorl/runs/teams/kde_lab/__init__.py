"""Team KDE-Lab: its rows, its attacks and the networks that only it uses."""
