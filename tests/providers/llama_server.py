"""llama.cpp's own server as a program: python -m tests.providers.llama_server MODEL PORT. It ends when it is killed."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import xllamacpp

from tests.providers.tiny_model import write

if __name__ == "__main__":
    model, port = Path(sys.argv[1]), int(sys.argv[2])
    write(model)
    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_ctx = 4_096
    params.use_jinja = True
    params.warmup = False
    server = xllamacpp.Server(params)
    threading.Event().wait()
