"""What runs inside the Linux jail: a process that forks itself for each call, gives up everything, and runs the code.

Rule of this folder: standard library only, and nothing of `pointwork`; it is started as a program of its own, in an
empty environment, under the name `jail`. Read `zygote` first, then `guest`, then `confine`.
"""

__all__: list[str] = []
