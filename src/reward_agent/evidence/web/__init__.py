"""Web search as evidence.

    source.py    WebEvidence: asks a provider, and makes bounded plain passages of what it finds
    query.py     a model's query -> plain words: what would be a command to a search engine is taken out
    provider.py  what a provider is; one file each: serper.py, brave.py, tavily.py, searxng.py, mediawiki.py

A passage is the snippet the search engine shows. The pages themselves are not fetched.
"""

from reward_agent.evidence.web.brave import BRAVE
from reward_agent.evidence.web.mediawiki import MEDIAWIKI
from reward_agent.evidence.web.provider import Provider
from reward_agent.evidence.web.searxng import SEARXNG
from reward_agent.evidence.web.serper import SERPER
from reward_agent.evidence.web.source import WebEvidence
from reward_agent.evidence.web.tavily import TAVILY

PROVIDERS = {provider.name: provider for provider in (SERPER, BRAVE, TAVILY, SEARXNG, MEDIAWIKI)}

__all__ = ["PROVIDERS", "Provider", "WebEvidence"]
