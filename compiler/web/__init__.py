"""What all pages share: the template environment, the frame, the style, the scripts, Markdown.

Pages need no server and no network.

Templates are strict: an unknown name is a fault of ours, and every text is escaped unless a template says otherwise.
"""

HOME = "index.html"
"""The first page of a site: who has it, has the whole site."""
