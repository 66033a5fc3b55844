"""Team GAN-ISI: its rows, its attacks and the networks that only it uses."""
