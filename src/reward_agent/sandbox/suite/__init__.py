"""Checkers that show what the sandbox does on this host: hostile ones to be contained, honest ones to be let be.

    hostile/*.txt honest/*.txt    the checkers, many a file, each under a `#### name` line
    cases.py                      reads them
    watch.py                      looks from outside: canary files, listeners, leftover processes
    trial.py                      runs them and says what was not as it should be

Does NOT promise: that a sandbox which contains these contains everything. They are what we thought of.
"""
