"""Where samples are judged, away from the event loop that answers HTTP.

    async with open_judges(settings, workers=4, say=say) as judges:
        done = await judges.judge(Job(sample=sample))

    work.py        what is asked of an agent (`Job`), what comes back (`Done`), and how an agent does it
    processes.py   the default: processes with an agent each; one that dies is replaced
    worker.py      such a process, from the inside        frames.py   what goes through the pipes
    thread.py      one agent on an event loop of its own in a thread: no second process, but one interpreter lock
    opening.py     which of the two the settings want
    sandbox_time.py   how long written checkers took

An agent judges in pure Python for milliseconds at a time. On the loop that answers HTTP that would stop every other
request; in a thread it takes turns with it every few milliseconds; in processes it uses as many cores as there are.
"""

from reward_agent.service.judges.opening import open_judges
from reward_agent.service.judges.work import Done, Job, Judges, JudgingError, Offer

__all__ = ["Done", "Job", "Judges", "JudgingError", "Offer", "open_judges"]
