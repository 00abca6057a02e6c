"""The HTTP door: `reward-agent serve`. See docs/service.md.

serving.py     listens, and stops in order            door.py       tokens, sizes, how many at once; what is counted
app.py         endpoints over judges, behind the door
endpoints.py   our own API      dialects/   other systems' protocols, one a file      wire.py   requests and replies
counter.py     one request's way: limits.py (size and time), reception.py (the line, the deadline), refusals.py
rollouts.py    single responses -> groups      translate.py   wire <-> values      strict.py   JSON, strictly read
judges/        where samples are judged: processes, or a thread, away from the loop that answers HTTP
telemetry.py trends.py   what the rewards do          pages/   /dashboard and /docs
"""
