"""Thin doors: they parse, call the flow, and render. No door holds meaning, and none knows another.

`cli` is the command line, `dossier` the folder of static pages; console, HTTP and labeller come beside them.
"""
