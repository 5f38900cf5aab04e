package app_test

import (
	"strings"
	"testing"
)

// A label may hold any octet (RFC 2181 section 11). Whether a reverse name is fit for a host is one question, and whether it leads
// back another: nobody may say that it does not who did not ask.
func TestReverseNamesOfOddOctets(t *testing.T) {
	const changed, high, medium, open = "false_positive changed", "confirmed high", "confirmed medium", "inconclusive untested"
	back, elsewhere := "203.0.113.25", "203.0.113.80"
	deep := strings.Repeat("a.", 70) + "example.com"
	for name, test := range map[string]struct {
		ptr, address         string
		mismatch, noHostName string
	}{
		"apostrophe":               {`o\'brien.example.com.`, back, changed, medium},
		"apostrophe, elsewhere":    {`o\'brien.example.com.`, elsewhere, high, high},
		"underscore":               {`mail_1.example.com.`, back, changed, medium},
		"blank":                    {`mail\ one.example.com.`, back, changed, medium},
		"at sign":                  {`root\@mail.example.com.`, back, changed, medium},
		"brackets":                 {`\(mail\).example.com.`, back, changed, medium},
		"quotation mark":           {`\"mail\".example.com.`, back, changed, medium},
		"backslash":                {`mail\\one.example.com.`, back, changed, medium},
		"octets of another script": {`m\195\188ller.example.com.`, back, changed, medium},
		"line break":               {`mail\010one.example.com.`, back, changed, medium},
		"capitals":                 {`O\'BRIEN.example.com.`, back, changed, medium},
		"dot within a label":       {`mail\.one.example.com.`, back, open, medium},
		"many labels":              {deep + ".", back, changed, changed},
		"the root":                 {".", "", high, high},
	} {
		t.Run(name, func(t *testing.T) {
			h := mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR " + test.ptr, forward: "mail.example.com. A 203.0.113.25"}
			if test.address != "" {
				h.forward += "\n" + test.ptr + " A " + test.address
			}
			a, _ := judged(t, h.scenario(), claim("smtp/ptr-missing", "smtp/ptr-mismatch", "smtp/ptr-not-hostname"))
			for rule, want := range map[string]string{"smtp/ptr-missing": changed, "smtp/ptr-mismatch": test.mismatch, "smtp/ptr-not-hostname": test.noHostName} {
				if v := a.verdict(rule); ending(v) != want {
					t.Errorf("%s is %s, want %s: %s %v", rule, ending(v), want, v.Says, v.Notes)
				}
			}
		})
	}
}
