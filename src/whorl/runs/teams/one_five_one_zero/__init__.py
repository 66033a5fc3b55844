"""Team One_five_one_zero: its rows, its attacks and the networks that only it uses."""
