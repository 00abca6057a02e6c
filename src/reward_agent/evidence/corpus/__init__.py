"""The user's documents as evidence.

    documents  ->  pages  ->  passages  ->  index  ->  search

    reading.py     finds the files and reads them: text.py here; html.py and pdf.py in a process of its own, since their
                   parsers can be stalled or crashed (isolation.py on our side, parsing.py inside)
    rows.py        which columns of a row of JSON lines or Parquet are text, title and source
    splitting.py   pages -> passages of bounded size that end where sentences and paragraphs do
    terms.py       text -> the terms that are indexed and looked up
    building.py    passages -> an index in a folder, whole or not at all; stamp.py says what lies in it
    search.py      a query in free text -> the best passages (BM25)
    cluster.py     the same from an OpenSearch or Elasticsearch cluster; cluster_indexing.py fills one

A bad file or row is a `Problem` and costs itself alone. Does NOT promise to understand layout: tables come out as
their words, pictures not at all.
"""

from reward_agent.evidence.corpus.building import Cutter, IndexReport, build_index
from reward_agent.evidence.corpus.page import Page
from reward_agent.evidence.corpus.search import CorpusEvidence, open_corpus

__all__ = ["CorpusEvidence", "Cutter", "IndexReport", "Page", "build_index", "open_corpus"]
