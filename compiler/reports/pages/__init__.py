"""A run as pages: a folder that opens from a shared drive, and in it one for each corporation that can be sent to it.

No server, no script, no request: what a browser shows stands in the files.
"""
