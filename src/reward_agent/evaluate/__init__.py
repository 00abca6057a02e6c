"""What a response is worth by its row's reference columns: the downstream score of a pick.

EVALUATORS[name].score({"prompt": text, **columns}, response, index).values

evaluation.py   the protocol         majority.py   self-consistency, a way to pick without an answer key
ifeval.py triviaqa.py cello.py values.py           one evaluator a file; answers.py: short answers
"""

from reward_agent.evaluate.cello import Cello
from reward_agent.evaluate.evaluation import Evaluator, Measure, Score
from reward_agent.evaluate.ifeval import IFEval
from reward_agent.evaluate.majority import votes
from reward_agent.evaluate.triviaqa import TriviaQA
from reward_agent.evaluate.values import Values

EVALUATORS: dict[str, Evaluator] = {
    evaluator.name: evaluator for evaluator in (IFEval(), TriviaQA(), Cello(), Values())
}

__all__ = ["EVALUATORS", "Cello", "Evaluator", "IFEval", "Measure", "Score", "TriviaQA", "Values", "votes"]
