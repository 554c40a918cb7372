"""The routes of the API, one file per resource."""

__all__: list[str] = []
