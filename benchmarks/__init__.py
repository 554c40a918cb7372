"""What Pointwork costs, measured against the least that the work can cost and against LangGraph, in one run.

`python -m benchmarks` runs everything, writes `results/latest.json`, the tables in `docs/explanation/performance.md`
and their picture. `python -m benchmarks engine` runs one suite, `--quick` a small version of it. Read `workloads.py`
for what is done, `targets.py` for what is demanded, `limit.py` for the yardstick.

Rules of this folder: an engine is measured in processes of its own, and its rounds alternate with those of the
others, because the machine is never the same twice: figures of one run may be compared, figures of two may not.
Whoever does not do exactly the expected work has no figure. Nothing here is imported by the product.
"""
