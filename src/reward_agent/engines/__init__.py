"""Where the judging of a job's samples happens: in this process, or on many.

    async with open_ray(settings, open_agent, address="ray-head:6379") as agent:    # in place of open_agent(settings)
        await judge_file(job, settings, agent, out)

Whatever has a `judge(sample)` will do for a job (`Judge`): a `RewardAgent`, which judges in this process, or an engine,
which hands the sample to an agent elsewhere and waits for its judgment. So there is one loop (jobs/run.py), one
journal, written by one process, and one way to resume, wherever the work is done.

    engine.py     the seam
    pool.py       any number of workers behind one `judge`: who gets which sample, and what becomes of a lost worker's
    worker.py     the worker's side: an agent, opened once
    ray.py        workers that are Ray actors, on this machine or a cluster (extra `ray`)
"""

from reward_agent.engines.engine import Engine, Judge, in_flight

__all__ = ["Engine", "Judge", "in_flight"]
