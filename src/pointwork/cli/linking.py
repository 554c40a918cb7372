"""`pointwork executions link`: a link with which somebody answers one question, and can do nothing else."""

from __future__ import annotations

import argparse
import sys

from pointwork.cli.command import Command, Exit, Parser
from pointwork.cli.remote import Remote, found_execution, segment
from pointwork.cli.steering import EXITS, ID_HELP, NODE_HELP, waiting_place
from pointwork.errors import Unacceptable

__all__ = ["LINK"]

MOST_DAYS = 90


def _arguments(parser: Parser) -> None:
    add = parser.add_argument
    add("id", metavar="ID", help=ID_HELP)
    add("node", metavar="NODE", help=NODE_HELP)
    add("--days", metavar="N", type=float, default=7.0, help=f"how long it is good; default: 7, at most {MOST_DAYS}")
    add("--url", metavar="URL", help="the server; see POINTWORK_URL")


def _link(chosen: argparse.Namespace) -> int:
    if not 60 / 86_400 <= chosen.days <= MOST_DAYS:
        raise Unacceptable(
            f"A link cannot be good for {chosen.days:g} days.", hint=f"From a minute (0.0007) to {MOST_DAYS} days."
        )
    remote = Remote(chosen.url)
    execution_id = found_execution(remote, chosen.id)
    body = {**waiting_place(remote, execution_id, chosen.node), "expires_s": round(chosen.days * 86_400)}
    made = remote.post(f"/api/executions/{segment(execution_id)}/links", body)
    print(f"{remote.url}{made['url']}")
    print(f"Good until {made['expires_at']}, or until somebody answers.", file=sys.stderr)
    return Exit.OK


LINK = Command(
    name="executions link",
    usage="executions link ID NODE [options]",
    summary="a link with which somebody can answer one question",
    text="Make a link for a question: whoever has it sees the question and can answer it, once, and nothing else.",
    arguments=_arguments,
    action=_link,
    examples=(("pointwork executions link last review --days 2", "prints it, to be sent to whoever should answer"),),
    exits=EXITS,
    environment=("POINTWORK_URL", "POINTWORK_DEBUG"),
)
