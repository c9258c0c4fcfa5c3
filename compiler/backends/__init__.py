"""Programs to artefacts: Python evaluators, SQL, the catalogue, editor schemas. Nothing here reads or writes files."""
