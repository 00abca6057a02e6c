"""RewardAgent: a reward system that joins human preference with checkable correctness.

>>> from reward_agent import Candidate, Sample, load_agent
>>> agent = load_agent()                                            # the offline preset
>>> sample = Sample.of("Say hi in exactly two words.", ["Hi there", "Hello to you all"])
>>> judgment = await agent.judge(sample)                            # doctest: +SKIP
>>> judgment.decision.scores                                        # doctest: +SKIP
"""
