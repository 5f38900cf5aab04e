INSERT INTO finding_texts (id, reporter, text, level) VALUES
 (1, 'mxtoolbox', 'Reverse DNS does not match SMTP Banner', 2),
 (2, 'mxtoolbox', 'Warning - Does not support TLS.', 2),
 (3, 'mxtoolbox', 'No DMARC Record found', 3),
 (4, 'mxtoolbox', 'Serial numbers do not match', 2);
-- domain column follows in migration 0043
