"""Text to trees: YAML to documents, expressions to ASTs, and back to text."""
