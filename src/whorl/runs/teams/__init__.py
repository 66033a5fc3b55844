"""The teams' runs: a folder each, with its rows, its attacks and the networks that only it uses."""
