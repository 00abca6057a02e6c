"""A simulated LLM behind the OpenAI API, for tests and rehearsals: real sockets, waiting and faults, no model.

    python -m reward_agent.testing.llm_server --port 8001 --latency-ms 200 --faults 429=0.05,hang=0.02
    curl http://127.0.0.1:8001/stats

    async with llm_server(latency_ms=5, faults=Faults.parse("500=0.1")) as server:
        ...                                      # a client against server.url; server.stats counts

    http.py      just enough HTTP/1.1 over asyncio, quick since it shares its cores with the client under test
    faults.py    which request meets which fault, the same in every run
    server.py    /v1/chat/completions, /v1/models and /stats, answered by `testing.simulated`

It answers the prompts of RewardAgent and nothing else, listens on loopback, and checks no key.
"""

from reward_agent.testing.llm_server.faults import Faults
from reward_agent.testing.llm_server.server import LlmServer, Stats, llm_server

__all__ = ["Faults", "LlmServer", "Stats", "llm_server"]
