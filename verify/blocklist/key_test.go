package blocklist

import (
	"encoding/json"
	"strings"
	"testing"

	"mxverdict/verify/evidence"
)

func TestKeys(t *testing.T) {
	const key = "Secret42"
	keys, err := NewKeys(func(name string) string { return map[string]string{"MXVERDICT_SPAMHAUS_KEY": " " + key + " "}[name] })
	if err != nil || len(keys.Has()) != 1 {
		t.Fatal(keys.Has(), err)
	}
	for name, want := range map[string]string{
		"2.0.0.127.your-key.zen.dq.spamhaus.net":   "2.0.0.127." + key + ".zen.dq.spamhaus.net",
		"example.com.your-key.dbl.dq.spamhaus.net": "example.com." + key + ".dbl.dq.spamhaus.net",
		"2.0.0.127.zen.spamhaus.org":               "2.0.0.127.zen.spamhaus.org",
		// No other zone gets it, whatever its name ends with.
		"your-key.example.com":                               "your-key.example.com",
		"2.0.0.127.your-key.combined.mail.abusix.zone":       "2.0.0.127.your-key.combined.mail.abusix.zone",
		"2.0.0.127.your-key.zen.dq.spamhaus.net.example.com": "2.0.0.127.your-key.zen.dq.spamhaus.net.example.com",
	} {
		if wire, opened := keys.Open(name); wire != want || (opened != "") != (wire != name) {
			t.Errorf("%s goes out as %s", name, wire)
		}
	}
	for _, bad := range []string{"two words", "a.b", "-a", strings.Repeat("a", 64), "käse", "a\nb"} {
		_, err := NewKeys(func(string) string { return bad })
		if err == nil || strings.Contains(err.Error(), bad) || !strings.Contains(err.Error(), "MXVERDICT_") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// Wherever a server puts the key, and in whichever letters, it is not kept.
func TestHide(t *testing.T) {
	const key = "Secret42"
	shared := []string{"a.SECRET42.example.com. 300 IN A 127.0.0.2"}
	x := Hide(evidence.Exchange{Name: "2.secret42.zone", ServerName: "ns.secret42.zone", Answer: shared, Authority: []string{"sEcReT42. SOA"}, Additional: []string{"x Secret42"},
		EDE: "22 secret42", Failure: &evidence.Failure{Detail: "no such name: Secret42"}}, key)
	text, err := json.Marshal(x)
	if err != nil || strings.Contains(strings.ToLower(string(text)), "secret42") || strings.Count(string(text), Placeholder) != 7 {
		t.Errorf("kept: %s", text)
	}
	if shared[0] != "a.SECRET42.example.com. 300 IN A 127.0.0.2" {
		t.Error("what is shared was changed")
	}
}
