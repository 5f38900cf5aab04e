package wording_test

import (
	"slices"
	"testing"
)

// The names of tests say what was found only by what stands beside them, or above.
func TestNamesOfTests(t *testing.T) {
	v := shipped(t)
	for text, want := range map[string][]string{
		// a status in the words of every day
		"SMTP Valid Hostname: varování\nSMTP Open Relay: v pořádku":   {"1 smtp/ptr-not-hostname warning", "2 smtp/open-relay ok"},
		"piros – SMTP Open Relay\nzöld – SMTP TLS":                    {"1 smtp/open-relay error", "2 smtp/tls-missing ok"},
		"BŁĄD – SMTP Open Relay\nOSTRZEŻENIE – SMTP TLS":              {"1 smtp/open-relay error", "2 smtp/tls-missing warning"},
		"SMTP Open Relay | rosso\nSMTP TLS | giallo":                  {"1 smtp/open-relay error", "2 smtp/tls-missing warning"},
		"SMTP Open Relay\tошибка\nSMTP TLS\tв порядке":                {"1 smtp/open-relay error", "2 smtp/tls-missing ok"},
		"SMTP Open Relay：失敗\nSMTP TLS：正常":                             {"1 smtp/open-relay error", "2 smtp/tls-missing ok"},
		"Warum ist die Ampel rot? Es ging um SMTP TLS.":               nil,
		"Ich habe eine Frage zu SMTP TLS: rot.":                       nil,
		"rot, gelb, grün":                                             nil,
		"SMTP TLS: erledigt":                                          nil,
		"The label printer makes green: SMTP labels, red: DNS labels": nil,
		// remarks in a frame of faults
		"Avertissements relevés par MXToolbox :\n\n1. SMTP Valid Hostname — demandé au fournisseur le 12\n2. SMTP TLS — en cours": {
			"3 smtp/ptr-not-hostname warning", "4 smtp/tls-missing warning"},
		"Fehler (MXToolbox):\n- SMTP Open Relay – Kollege fragt nach\n- SMTP TLS – behoben\n- SMTP Banner Check – ok seit heute": {"2 smtp/open-relay error"},
		"Problems (MXToolbox):\n- SMTP TLS - asked the provider\n- SMTP Banner Check - gone":                                     {"2 smtp/tls-missing warning"},
		"Passed checks:\n- SMTP TLS — nice":       nil,
		"Tasks:\n- SMTP TLS — asked the provider": nil,
		// a frame over the hosts that it lists
		"### Failed checks (MXToolbox)\n\n**one.example.com**\n- [ ] SMTP TLS\n- [ ] SMTP Open Relay\n\n**two.example.com**\n- [ ] SMTP Banner Check": {
			"4 smtp/tls-missing warning @one.example.com", "5 smtp/open-relay error @one.example.com", "8 smtp/banner-mismatch warning @two.example.com"},
		"Problems:\none.example.com\n- SMTP TLS\ntwo.example.com\n- SMTP Open Relay": {
			"3 smtp/tls-missing warning @one.example.com", "5 smtp/open-relay error @two.example.com"},
		"Failed checks:\n\none.example.com\n- SMTP TLS\n\nThe next ones we want to look at.\n\ntwo.example.com\n- SMTP Open Relay": {
			"4 smtp/tls-missing warning @one.example.com"},
		"Our servers:\n\none.example.com\n- SMTP TLS\n\ntwo.example.com\n- SMTP Open Relay":         nil,
		"Failed checks (none)\n\none.example.com\n- SMTP TLS":                                       nil,
		"Failed checks (MXToolbox)\n- SMTP TLS\n\nNot on the list any more: DNS Bad Glue Detected.": {"2 smtp/tls-missing warning"},
	} {
		if got := brief(parse(t, v, text)); !slices.Equal(got, want) && len(got)+len(want) > 0 {
			t.Errorf("%q gives %q, wanted %q", text, got, want)
		}
	}
}
