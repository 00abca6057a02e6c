"""Checkers in CPython compiled to WebAssembly: for hosts without seccomp, and a second wall where there is one.

    guest.py world.wit    what runs inside: our own program, built into a component together with Python
    build.py cache.py     makes the component and its machine code once, in a folder that only the user can write
    engine.py             one batch in a fresh instance; memory and time limits
    worker.py             the worker process: frames in, frames out
    walls.py              on Linux, the jail's seccomp and Landlock around that
    process.py            the caller's end of it

Needs the extra `wasm` (wasmtime, and componentize-py to build). The caller's process loads neither.

Does NOT promise: equality with the Python it stands in for. The component has the Python that componentize-py brings
(see docs/sandbox.md for the differences), and recursion in C ends earlier there.
"""
