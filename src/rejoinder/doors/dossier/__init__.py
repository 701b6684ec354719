"""Pages in, a folder of static HTML out, that opens from disk without network and without JavaScript.

`render.write` is the door; `drawing` makes the charts, `data` the CSV and JSON beside every figure, `wording` keeps
untrusted text in its place. Templates and style lie beside them.
"""
