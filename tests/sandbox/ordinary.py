"""What people and models really write: small programs of the usual kinds, each with the result it must have."""

from __future__ import annotations

from typing import Any

__all__ = ["ORDINARY"]

ORDINARY: dict[str, tuple[str, Any]] = {
    "sum": ("result = sum([1, 2, 3, 4, 5])", 15),
    "squares": ("result = sum(n * n for n in range(1, 11))", 385),
    "last line": ("x = 20\nx * 2 + 2", 42),
    "print only": ("print('hello')", None),
    "text": ("result = ' Hello World '.strip().lower().replace('world', 'there').title()", "Hello There"),
    "f-string": ("name, n = 'x', 3.14159\nresult = f'{name}={n:.2f} {n!r:>10}'", "x=3.14    3.14159"),
    "split and join": ("result = '-'.join(sorted('b,a,c'.split(',')))", "a-b-c"),
    "unicode": ("result = 'Grüße, 世界'.upper()", "GRÜSSE, 世界"),
    "dict": ("d = {}\nfor w in 'a b a'.split(): d[w] = d.get(w, 0) + 1\nresult = d", {"a": 2, "b": 1}),
    "comprehension": ("result = {k: [v for v in range(k)] for k in (1, 2)}", {"1": [0], "2": [0, 1]}),
    "set": ("result = sorted({3, 1, 2} & {2, 3})", [2, 3]),
    "tuple": ("a, *b = (1, 2, 3)\nresult = (a, b)", [1, [2, 3]]),
    "function": ("def f(x, *a, k=1, **kw): return x + sum(a) + k + len(kw)\nresult = f(1, 2, 3, k=4, z=5)", 11),
    "recursion": ("def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\nresult = fib(20)", 6765),
    "lambda": ("result = list(map(lambda x: x ** 2, filter(lambda x: x % 2, range(6))))", [1, 9, 25]),
    "closure": (
        "def outer():\n n = 0\n def inner():\n  nonlocal n\n  n += 1\n  return n\n return inner\nf = outer(); f()\nresult = f()",
        2,
    ),
    "class": (
        "class P:\n def __init__(self, x): self.x = x\n def double(self): return self.x * 2\nresult = P(4).double()",
        8,
    ),
    "inheritance": (
        "class A:\n def f(self): return 'a'\nclass B(A):\n def f(self): return super().f() + 'b'\nresult = B().f()",
        "ab",
    ),
    "property": ("class C:\n @property\n def v(self): return 7\nresult = C().v", 7),
    "dunder": (
        "class V:\n def __init__(self, x): self.x = x\n def __add__(self, o): return V(self.x + o.x)\nresult = (V(1) + V(2)).x",
        3,
    ),
    "dataclass": (
        "from dataclasses import dataclass, field, asdict\n@dataclass(order=True)\nclass P:\n x: int\n t: list = field(default_factory=list)\nresult = asdict(max(P(1), P(2)))",
        {"x": 2, "t": []},
    ),
    "dataclass result": (
        "from dataclasses import dataclass\n@dataclass\nclass P:\n x: int\nresult = [P(1)]",
        [{"x": 1}],
    ),
    "enum": ("from enum import Enum\nclass C(Enum):\n RED = 'r'\nresult = [C('r').name, C.RED]", ["RED", "r"]),
    "generator": ("def g():\n yield 1\n yield from (2, 3)\nresult = list(g())", [1, 2, 3]),
    "exceptions": (
        "try:\n int('x')\nexcept ValueError as e:\n result = type(e).__name__\nfinally:\n pass",
        "ValueError",
    ),
    "own exception": (
        "class E(Exception): pass\ntry: raise E('no') from KeyError('k')\nexcept E as e: result = [str(e), repr(e.__cause__)]",
        ["no", "KeyError('k')"],
    ),
    "with": (
        "from contextlib import contextmanager\n@contextmanager\ndef m():\n yield 5\nwith m() as v: result = v",
        5,
    ),
    "match": ("match {'a': [1, 2]}:\n case {'a': [x, *_]}: result = x", 1),
    "walrus": ("result = [y for x in (1, 2, 3) if (y := x * 2) > 2]", [4, 6]),
    "sorting": ("result = sorted([('b', 1), ('a', 2)], key=lambda p: p[1], reverse=True)[0][0]", "a"),
    "counter": ("from collections import Counter\nresult = Counter('abca').most_common(1)", [["a", 2]]),
    "defaultdict": (
        "from collections import defaultdict, deque, namedtuple\nd = defaultdict(list)\nd['a'].append(1)\nresult = d",
        {"a": [1]},
    ),
    "itertools": ("import itertools as it\nresult = [list(p) for p in it.combinations('abc', 2)][-1]", ["b", "c"]),
    "functools": (
        "from functools import lru_cache, reduce, partial\n@lru_cache\ndef f(n): return n\nresult = reduce(lambda a, b: a * b, [1, 2, 3, f(4)])",
        24,
    ),
    "math": ("import math\nresult = [math.gcd(12, 18), math.comb(5, 2), round(math.sqrt(2), 3)]", [6, 10, 1.414]),
    "statistics": (
        "import statistics as s\nresult = [s.mean([1, 2, 3]), s.median([3, 1, 2]), round(s.stdev([1, 2, 3]), 2)]",
        [2, 2, 1.0],
    ),
    "decimal": ("from decimal import Decimal\nresult = Decimal('0.1') + Decimal('0.2')", "0.3"),
    "fractions": ("from fractions import Fraction\nresult = Fraction(1, 3) + Fraction(1, 6)", "1/2"),
    "random": ("import random\nrandom.seed(1)\nresult = len(random.sample(range(100), 5))", 5),
    "datetime": (
        "from datetime import datetime, timedelta, timezone\nresult = datetime(2024, 2, 28, tzinfo=timezone.utc) + timedelta(days=2)",
        "2024-03-01 00:00:00+00:00",
    ),
    "calendar": ("import calendar\nresult = calendar.isleap(2024)", True),
    "re": ("import re\nresult = re.findall(r'(\\w+)@(\\w+)', 'a@b, c@d')", [["a", "b"], ["c", "d"]]),
    "json": ("import json\nresult = json.loads(json.dumps({'a': [1, None, True]}))", {"a": [1, None, True]}),
    "csv": ("import csv, io\nresult = list(csv.DictReader(io.StringIO('a,b\\n1,2')))", [{"a": "1", "b": "2"}]),
    "string": ("import string, textwrap\nresult = textwrap.fill('aa bb', 2) + string.ascii_letters[:2]", "aa\nbbab"),
    "heapq and bisect": (
        "import heapq, bisect\nh = [3, 1]\nheapq.heapify(h)\nresult = [heapq.heappop(h), bisect.bisect([1, 2, 4], 3)]",
        [1, 2],
    ),
    "hash": (
        "import hashlib, base64\nresult = hashlib.sha256(b'x').hexdigest()[:8] + base64.b64encode(b'x').decode()",
        "2d711642eA==",
    ),
    "uuid": ("import uuid\nresult = len(str(uuid.uuid4()))", 36),
    "struct and bytes": ("import struct\nresult = struct.unpack('>H', bytes([1, 2]))[0]", 258),
    "xml": ("import xml.etree.ElementTree as E\nresult = E.fromstring('<a><b>1</b></a>').find('b').text", "1"),
    "html": ("import html, urllib.parse\nresult = html.escape('<') + urllib.parse.quote('a b')", "&lt;a%20b"),
    "typing": (
        "from typing import TypedDict, Protocol\nclass T(TypedDict):\n a: int\nt: T = {'a': 1}\nresult = t",
        {"a": 1},
    ),
    "abc": (
        "from abc import ABC, abstractmethod\nclass A(ABC):\n @abstractmethod\n def f(self): ...\ntry: A()\nexcept TypeError: result = 'abstract'",
        "abstract",
    ),
    "metaclass": (
        "class M(type):\n def __new__(c, n, b, d): return super().__new__(c, n, b, {**d, 'x': 1})\nclass A(metaclass=M): pass\nresult = A.x",
        1,
    ),
    "asyncio": (
        "import asyncio\nasync def f(n):\n await asyncio.sleep(0)\n return n\nasync def main(): return await asyncio.gather(f(1), f(2))\nresult = asyncio.run(main())",
        [1, 2],
    ),
    "files": ("with open('a.txt', 'w') as f: f.write('x\\ny')\nresult = open('a.txt').read().splitlines()", ["x", "y"]),
    "folders": (
        "import os, pathlib, tempfile\npathlib.Path('d').mkdir()\n(pathlib.Path('d') / 'f').write_text('x')\nresult = os.listdir('d')",
        ["f"],
    ),
    "zip": (
        "import zipfile, io\nb = io.BytesIO()\nwith zipfile.ZipFile(b, 'w') as z: z.writestr('a', 'x')\nresult = zipfile.ZipFile(b).read('a').decode()",
        "x",
    ),
    "sqlite": ("import sqlite3\nc = sqlite3.connect(':memory:')\nresult = c.execute('select 1 + 1').fetchone()[0]", 2),
    "timing": ("import time\nt = time.perf_counter()\ntime.sleep(0.001)\nresult = time.perf_counter() > t", True),
    "matrix": ("a = [[1, 2], [3, 4]]\nresult = [list(r) for r in zip(*a)]", [[1, 3], [2, 4]]),
    "primes": (
        "result = [n for n in range(2, 30) if all(n % d for d in range(2, int(n ** 0.5) + 1))]",
        [2, 3, 5, 7, 11, 13, 17, 19, 23, 29],
    ),
    "simulation": (
        "import random\nr = random.Random(5)\nresult = 0.6 < sum(r.random() ** 2 + r.random() ** 2 < 1 for _ in range(2000)) / 2000 < 0.9",
        True,
    ),
    "module main": ("result = __name__", "__main__"),
    "threads": ("import threading\nt = threading.Thread(target=lambda: None)\nt.start()\nt.join()\nresult = 1", 1),
    "thread pool": (
        "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor() as p: result = list(p.map(abs, [-1]))",
        [1],
    ),
}
