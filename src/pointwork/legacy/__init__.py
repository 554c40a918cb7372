"""What documents of earlier versions mean: their shapes are rewritten to the one that compiler and check know.

`document` holds the one function, `ports` reads the ends of edges, `loops` finds out what an old loop repeats.
"""

from pointwork.legacy.document import normalise

__all__ = ["normalise"]
