"""What ``rulewright new`` writes: a project, a rule, a table."""
