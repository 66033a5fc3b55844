"""Tell which real images a generator was trained on."""

__version__ = "0.1.0"
