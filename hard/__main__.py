"""``python -m hard``."""
import sys
from hard.scale import main
if __name__ == "__main__":
    sys.exit(main(sys.argv[2:]))
