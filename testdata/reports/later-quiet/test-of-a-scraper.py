def test_rows():
    rows = parse(FIXTURE)
    assert rows["SMTP TLS"] == "Warning - Does not support TLS."
    assert rows["SMTP Open Relay"] == "OK - Not an open relay."
    # MXToolbox prints no name for old reports
    assert "Failed To Connect" not in rows.values()
