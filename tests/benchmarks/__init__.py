"""Benchmarks: a made-up state of any size, and how long what takes over it. Not tests; see README.md here."""
