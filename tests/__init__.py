"""The tests. One file a subject, tables of cases, one helper each; what they share is in ``support``."""
