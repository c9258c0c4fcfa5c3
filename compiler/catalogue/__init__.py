"""The catalogue of rules and publications, which policy staff publish and districts look up: as a site, as Markdown
and as a workbook.

``model`` is what a catalogue says, as plain texts and links, made from checked specs by ``rules``, ``publications``
and ``contents``; ``markdown``, ``site`` and ``workbook`` are its editions, which add nothing of their own. Nothing here
reads or writes files.
"""
