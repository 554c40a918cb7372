"""`python -m pointwork` is `pointwork`."""

import sys

from pointwork.cli import main

if __name__ == "__main__":
    sys.exit(main())
