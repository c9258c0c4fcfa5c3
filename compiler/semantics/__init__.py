"""What expressions mean: names, types, the intermediate representation, and the interpreter that defines it."""
