"""Serves Pointwork on http://127.0.0.1:8000, as `pointwork serve` does, with the same options."""

import sys

from pointwork.cli import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
