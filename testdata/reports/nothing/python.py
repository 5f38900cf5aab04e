def check(banner, ptr):
    """Tell whether the name of the reverse DNS stands in the banner."""
    if ptr not in banner:
        return WARNING
    return OK

STATUS = {"ok": 0, "warning": 1, "problem": 2}
