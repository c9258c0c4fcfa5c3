"""From a published table to rows, from rows to drafts of specs, and from a newer copy to what has changed.

``reading`` makes rows of a file: HTML, CSV and XLSX become grids of cells (``html_tables``, ``delimited``,
``workbooks``), whose columns are told by their headings (``headings``, ``tables``); text that has lost its grid is put
together again (``damaged``, ``sentences``). ``drafts`` writes rows as specs with marked blanks, ``drift`` lays them
beside the rows that specs quote, ``codes`` makes a table spec of a list of codes. Nothing here reads or writes a file.
"""
