"""`python -m reward_agent.service.judges`: a judging process, which the server starts."""

from reward_agent.service.judges.worker import main

if __name__ == "__main__":
    main()
