"""What the data look like: types, resources with their keys and references, and the pattern language."""
