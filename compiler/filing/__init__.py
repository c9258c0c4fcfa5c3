"""Files of an extract: values to texts of a field's width, lines and pages of these, and files read back by a layout.

::

    columns     the fields of a layout with their positions, and two layouts beside each other
    texts       a value to the text of a field, and which texts a field may hold
    forms       how a file is written: encoding, line end, what may stand in it
    printing    the values of a row to its texts, or why the row is withheld
    fixed, delimited, page    lines of fixed width, CSV, an HTML table
    lines       the lines of a file that may be anybody's, within limits
    validation  a file against a layout

What is made here by a layout is found sound by it, whatever the values were.
"""
