"""Serves Pointwork on http://127.0.0.1:8000, as the environment says; `pointwork serve` does the same with options."""

from pointwork.server.serve import serve
from pointwork.settings import Settings

if __name__ == "__main__":
    serve(Settings.from_environment())
