"""Pages in a real browser: what readers see, click and type, and what axe says of it. Left out of a plain `pytest`."""
