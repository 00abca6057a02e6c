"""Evidence: where passages that bear on a claim come from. Each is an `EvidenceSource`.

    corpus/      the user's documents: an index in a folder, or an OpenSearch or Elasticsearch cluster
    web/         web search: Serper, Brave, Tavily, SearXNG, MediaWiki
    recall.py    a chat model's own memory: closed-book, and named as such
    cache.py     a look-up that was made before is not made again
    faults.py    how a look-up fails

What a source finds was written by others. It is bounded and plain text when it leaves here, and it is data: whoever
puts it into a prompt fences it.
"""
