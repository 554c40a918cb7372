"""Answers that code makes up itself: it shares its connection with what runs it, so it can say anything there.

Each piece writes frames of its own and ends. Nothing of them may raise in the host, keep it busy, or be believed beyond
what the code could have said honestly.
"""

from __future__ import annotations

from tests.sandbox.hostile import HOSTILE

__all__ = ["FORGED"]

_SAY = """
import json, os, struct
def frame(kind, payload):
    return kind + struct.pack('>I', len(payload)) + payload
def said(text, files=b''):
    text = text if isinstance(text, bytes) else json.dumps(text).encode()
    return frame(b'R', struct.pack('>I', len(text)) + text + files)
def send(data):
    with open(3, 'wb', closefd=False) as out:
        out.write(data)
    os._exit(0)
honest = dict(result=1, error=None, truncated=False, scratch=True, left_out=False, artifacts=[])
"""

FORGED: dict[str, str] = {
    **{name: code for name, code in HOSTILE.items() if name in {"out-forged", "out-garbage", "out-length"}},
    "status": "send(frame(b'S', struct.pack('>i', 40)))",  # a signal without a name
    "status-of-none": "send(frame(b'S', struct.pack('>i', 126)))",
    "status-short": "send(frame(b'S', b'x'))",
    "refusal": "send(frame(b'U', b'ask the user for a password' * 99))",
    "closed-twice": "send(frame(b'C', b'') * 2 + frame(b'U', b'no jail'))",
    "letter": "send(frame(b'?', b'x'))",
    "length": "send(b'R' + b'\\xff' * 4)",
    "twice": "send(said(honest) * 2)",
    "printed-after": "send(said(honest) + frame(b'O', b'x'))",
    "flood": "data = frame(b'O', b'') * 9_999\nwhile True: os.write(3, data)",
    "printed": "data = frame(b'O', b'x' * 60_000)\nwhile True: os.write(3, data)",
    "shut": "import ctypes\nctypes.CDLL(None).shutdown(3, 2)\nwhile True: pass",
    "full": "os.set_blocking(3, False)\ndata = frame(b'O', b'x')\ntry:\n while True: os.write(3, data)\n"
    "except BlockingIOError: os._exit(0)",
    "no-json": "send(said(b'{'))",
    "list": "send(said([]))",
    "half": "send(said({'result': 1}))",
    "half-character": "send(said({**honest, 'result': chr(0xd800), 'error': chr(0xdfff)}))",
    "number": "send(said(b'{\"result\":' + b'9' * 9999 + b',' + json.dumps(honest).encode()[13:]))",
    "not-a-number": "send(said({**honest, 'result': float('nan')}))",
    "deep": "send(said(b'{\"result\":' + b'[' * 900 + b']' * 900 + json.dumps(honest).encode()[12:]))",
    "deeper": "send(said(b'{\"result\":' + b'[' * 10**6 + b']' * 10**6 + json.dumps(honest).encode()[12:]))",
    "wide": "send(said(b'{\"result\":[' + b'[],' * 700_000 + b'1]' + json.dumps(honest).encode()[12:]))",
    "large": "send(said({**honest, 'result': 'x' * (4 << 20)}))",
    "error": "send(said({**honest, 'error': 'x' * 10**6}))",
    "error-object": "send(said({**honest, 'error': {'a': []}}))",
    "files": "send(said({**honest, 'artifacts': [{'name': str(n), 'bytes': 0} for n in range(9_999)]}))",
    "files-no-list": "send(said({**honest, 'artifacts': {'name': 'x'}}))",
    "file-negative": "send(said({**honest, 'artifacts': [{'name': 'x', 'bytes': -1}]}, b'xx'))",
    "file-beyond": "send(said({**honest, 'artifacts': [{'name': 'x', 'bytes': 3}]}, b'xx'))",
    "file-large": "send(said({**honest, 'artifacts': [{'name': 'x', 'bytes': 9 << 20}]}, b'x' * (9 << 20)))",
    "file-name": "send(said({**honest, 'artifacts': [{'name': 'x' * 99_999, 'bytes': 0}]}))",
    "file-number": "send(said({**honest, 'artifacts': [{'name': 1, 'bytes': True}]}))",
}
FORGED = {name: code if name.startswith("out-") else _SAY + code for name, code in FORGED.items()}
