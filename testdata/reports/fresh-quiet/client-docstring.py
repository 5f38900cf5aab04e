def lookup(command, argument):
    """Ask the API of MXToolbox and return its rows.

    A row is a pair of name and text, for instance
    ("SMTP TLS", "Warning - Does not support TLS.") or
    ("DNS SOA Expire Value", "SOA Expire Value out of recommended range").

    Raises Refused if the quota of the day is used up.
    """
    return [(r["Name"], r["Info"]) for r in ask(command, argument)["Failed"]]
