"""/docs: the endpoints with examples, from the OpenAPI document. (FastAPI's own page loads scripts from elsewhere.)"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.responses import Response

from reward_agent.service.pages.page import escaped, page


def docs(openapi: Mapping[str, Any]) -> Response:
    """The page."""
    lead = (
        "<p>One JSON body each; <code>/openapi.json</code> has every field. Replies carry <code>failures</code>; what "
        "has no score is <code>null</code>. A request's time: header <code>X-Timeout-S</code>.</p>"
    )
    return page("RewardAgent: endpoints", lead + "".join(_operations(openapi)))


def _operations(openapi: Mapping[str, Any]) -> Iterator[str]:
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            yield f"<h2><code>{escaped(method.upper())} {escaped(path)}</code></h2>"
            yield f"<p>{escaped(operation.get('description', operation.get('summary', '')))}</p>"
            example = _example(openapi, operation)
            if example is not None:
                body = json.dumps(example, ensure_ascii=False)
                quoted = body.replace("'", "'\\''")
                command = (
                    f"curl -s http://127.0.0.1:8000{path} -H 'Content-Type: application/json' \\\n"
                    f"  -H \"Authorization: Bearer $REWARD_AGENT_TOKEN\" \\\n  -d '{quoted}'"
                )
                yield f"<pre>{escaped(command)}</pre>"


def _example(openapi: Mapping[str, Any], operation: Mapping[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    examples = openapi.get("components", {}).get("schemas", {}).get(name, {}).get("examples")
    return examples[0] if examples else None
