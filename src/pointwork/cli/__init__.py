"""The command line. `program` is the door and the list of commands; each command is one file here.

Files named after what they hold serve several commands: `command` (what a command says about itself), `files` (reading
documents and values), `progress` (records folded into what is shown), `picture` (that as lines), `display` (where the
lines go), `following` (until the end, or until somebody leaves), `asking` (questions to the person at the terminal),
`outcome` (how it ended), `remote` (talking to a running server).
"""

from pointwork.cli.program import main

__all__ = ["main"]
