"""Chat models: one OpenAI-compatible client, and the wrappers around it (cache, throttle, meter)."""
