package clean

import "testing"

func TestTrim(t *testing.T) {
	for _, c := range []struct{ in, out string }{
		{"  Failed To Connect \n", "Failed To Connect"},
		{"SMTP TLS\tWarning - Does not support TLS.", "SMTP TLS: Warning - Does not support TLS."},
		{"Too many included lookups (12)\u00a0", "Too many included lookups (12)"},
	} {
		if got := Trim(c.in); got != c.out {
			t.Errorf("%q: got %q", c.in, got)
		}
	}
}
