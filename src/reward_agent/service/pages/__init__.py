"""Pages for people: /dashboard and /docs. Made here, without a script, and nothing in them is fetched from elsewhere.

page.py   the frame, its style, its policy      dashboard.py   what the telemetry shows      docs.py   the endpoints
"""
