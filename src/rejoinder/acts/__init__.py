"""What people do with a case, or ask of it, at any door: each act is a record or an event of the log.

Doors parse and render; an act reads the case, calls the rooms, and appends what was done. The next pass of the flow
picks it up. Finding hate in loose texts (`detecting`), questions about a case (`asking`), sampling and
judging (`samples`), audits of reported posts (`audits`).
"""
