"""Evaluation in parts: the records of a state, kept apart by student, so that memory does not grow with the state."""
