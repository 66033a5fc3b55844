"""Team PicusLab: its rows, its attacks and the networks that only it uses."""
