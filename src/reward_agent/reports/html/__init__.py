"""The report that a person looks at: one HTML file, or the same served for runs too large for one.

    facts.py arithmetic.py   what the list says of one sample; how its final score came about
    detail.py marks.py       everything the page of one sample shows, its offending words marked
    index.py queries.py      the run as an SQLite index: what both doors read
    figures.py charts.py     figures of the whole run from the index, drawn as SVG
    page.py templates/ static/   the page; compare.py   two runs; serve.py   the door over HTTP

Whatever a model or a user wrote reaches the page as JSON and is put there as text nodes, or is escaped by the template.
"""
