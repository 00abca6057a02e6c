"""What runs inside the worker process: only the standard library, and nothing of the caller.

    zygote.py     the worker: reads requests, forks one child a batch, replies
    batch.py      one batch: watches its children, ends them, says how they ended
    child.py      the child: puts itself into the jail, then runs the checker
    answer.py     how one response becomes a code
    preload.py    the modules a checker may import; nothing can be loaded once the jail is shut
    gate.py       the admission lint
    limits.py  privileges.py  seccomp.py  landlock.py     the layers, one a file; layers.py puts them together
    probe.py      what the layers do on this host, found out by trying
    frames.py     the bytes between caller and worker
    kernel.py     prctl and syscall through ctypes

The caller never imports the package's own `__init__` here: the worker starts with an empty environment and without
site-packages, and finds these files by path (see `reward_agent.sandbox.worker`).
"""
