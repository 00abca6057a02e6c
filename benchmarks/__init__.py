"""Scripts that measure what docs/results.md reports. Run by hand (`python -m benchmarks.NAME`), not by the tests."""
