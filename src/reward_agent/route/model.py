"""Routing by a chat model, where rules are not certain.

    rules certain of every check  -> their plan, and nobody is asked
    otherwise                     -> one call about the checks in doubt, told what each verifier is for

What was answered is remembered by instruction, so that the samples that share one (best-of-n, both orders) cost one
call. The model sees the request alone, never a candidate. A call that fails is a SignalError: the agent then runs every
check and says so.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from reward_agent.presentation import conversation, digest
from reward_agent.prompting import Fence, ask, load_prompt
from reward_agent.protocols import ChatModel
from reward_agent.replies import each_of
from reward_agent.route.rules import Reading, RuleRouter, plan_of
from reward_agent.types import Plan, Sample

REMEMBERED = 4096
"""How many answers are kept, the latest used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRouter:
    """Asks `chat` about the checks, by their `purposes`: the name of each verifier and what it is for.

    Without `rules_first` the model is asked about every check, as published. Raises SignalError.
    """

    chat: ChatModel
    purposes: Mapping[str, str]
    rules_first: bool = True
    _answers: "OrderedDict[bytes, Mapping[str, bool]]" = field(
        default_factory=OrderedDict, init=False, repr=False, compare=False
    )

    async def route(self, sample: Sample) -> Plan:
        readings = RuleRouter(checks=tuple(self.purposes)).read(sample)
        doubtful = [reading.check for reading in readings if not (self.rules_first and reading.certain)]
        if not doubtful:
            return plan_of(readings)
        answer = await self._answer(conversation(sample.prompt), doubtful)
        return plan_of([_settled(reading, answer) for reading in readings])

    async def _answer(self, request: str, checks: Sequence[str]) -> Mapping[str, bool]:
        key = digest(request, *checks)
        if key in self._answers:
            self._answers.move_to_end(key)
            return self._answers[key]
        fence = Fence(request)
        answer = await ask(
            self.chat,
            load_prompt(__package__, "checks"),
            each_of(tuple(checks), bool),
            purpose="route.checks",
            max_tokens=200,
            rule=fence.rule,
            checks="\n".join(f"- {check}: {self.purposes[check]}" for check in checks),
            example=json.dumps(dict.fromkeys(checks, True)),
            request=fence("request", request),
        )
        self._answers[key] = answer
        while len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)
        return answer


def _settled(reading: Reading, answer: Mapping[str, bool]) -> Reading:
    if reading.check not in answer:
        return reading
    runs = answer[reading.check]
    return replace(reading, runs=runs, certain=True, reason=f"the model says {'yes' if runs else 'no'}")
