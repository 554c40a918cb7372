"""As much of curl as the pages use: -s -N -X -H --json --data-binary, an address. Fails on what it does not know."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request


def main(arguments: list[str]) -> int:
    method, body, url = None, None, ""
    headers: dict[str, str] = {}
    words = iter(arguments)
    for word in words:
        if word in ("-s", "-N", "-sN"):
            continue
        if word == "-X":
            method = next(words)
        elif word in ("-H", "--header"):
            name, _, value = next(words).partition(":")
            headers[name] = value.strip()
        elif word == "--json":
            body = next(words).encode()
            headers |= {"content-type": "application/json", "accept": "application/json"}
        elif word == "--data-binary":
            body = next(words).encode()
        elif word.startswith("-") or url:
            print(f"curl.py does not know {word!r}", file=sys.stderr)
            return 2
        else:
            url = word
    if body is not None and body.startswith(b"@"):
        with open(body[1:], "rb") as file:
            body = file.read()
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            sys.stdout.write(answer.read().decode())
    except urllib.error.HTTPError as error:  # as curl does: the body is shown, and it is no failure
        sys.stdout.write(error.read().decode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
