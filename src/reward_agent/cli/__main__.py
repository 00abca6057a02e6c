"""`python -m reward_agent.cli`."""

from reward_agent.cli import main

main()
