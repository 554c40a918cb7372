"""The import paths of earlier versions. Everything here is `pointwork` under its old names; nothing imports this."""
