"""The set engine: the records of a run in a database that decides what is settled."""
