"""`[evidence]`: where passages about a claim come from."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, model_validator

from reward_agent.config.section import Off, Section

Passages = Annotated[int, Field(ge=1, le=50)]


class FieldNames(Section):
    """What a cluster's index calls the parts of a passage."""

    text: str = Field(default="text", min_length=1)
    title: str = Field(default="title", min_length=1)
    source: str = Field(default="source", min_length=1)


class CorpusSource(Section):
    """The user's documents. `path`: a folder made by `reward-agent index`; or `url`: an index of an OpenSearch or
    Elasticsearch cluster, https://HOST:PORT/INDEX, whose key the environment variable `key_env` holds (for `basic`,
    USER:PASSWORD). `passages`: how many a look-up finds."""

    type: Literal["corpus"]
    path: str | None = Field(default=None, min_length=1)
    url: str | None = Field(default=None, pattern=r"^https?://[^/@]+/[^/?#_][^/?#]*/?$")
    key_env: str | None = None
    key_scheme: Literal["apikey", "bearer", "basic"] = "apikey"
    fields: FieldNames = FieldNames()
    passages: Passages = 5
    timeout_s: float = Field(default=10.0, gt=0, le=600)

    @model_validator(mode="after")
    def _one_place(self) -> "CorpusSource":
        if (self.path is None) == (self.url is None):
            raise ValueError(
                "give the corpus a path (an index made by `reward-agent index`) or a url (a cluster's index)"
            )
        return self


class WebSource(Section):
    """Web search. `url`: the address of one's own server (needed for searxng; mediawiki is English Wikipedia without).
    `key_env`: the environment variable that holds the key, the provider's usual one by default. `fresh_days`: how long
    a kept search is taken. `in_flight`: requests at once."""

    type: Literal["web"]
    provider: Literal["serper", "brave", "tavily", "searxng", "mediawiki"]
    url: str | None = Field(default=None, pattern=r"^https?://[^@]+$")
    key_env: str | None = None
    passages: Passages = 5
    timeout_s: float = Field(default=10.0, gt=0, le=600)
    in_flight: int = Field(default=4, ge=1, le=1024)
    fresh_days: float = Field(default=30.0, ge=0)

    @model_validator(mode="after")
    def _own_server(self) -> "WebSource":
        if self.provider == "searxng" and self.url is None:
            raise ValueError("searxng is a server of your own: give its address as url")
        return self


class RecallSource(Section):
    """A chat model's own memory: closed-book, no document."""

    type: Literal["recall"]
    chat: str = "default"


EvidenceSettings = Annotated[CorpusSource | WebSource | RecallSource | Off, Discriminator("type")]
