package dnssec

import (
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// The key of 2017 as BIND 9.18.49 ships it: its digest has to be the one that is shipped here.
const ksk2017 = ". IN DNSKEY 257 3 8 AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3+/4RgWOq7HrxRixHlFlExOLAJr5emLvN7SWXgnLh4+B5xQlNVz8Og8kv" +
	"ArMtNROxVQuCaSnIDdD5LKyWbRd2n9WGe2R8PzgCmr3EgVLrjyBxWezF0jLHwVN8efS3rCj/EWgvIWgb9tarpVUDK/b58Da+sqqls3eNbuv7pr+e" +
	"oZG+SrDK6nWeL3c6H5Apxz7LjVc1uTIdsIXxuOLYA4/ilBmSVIzuDWfdRUfhHdY6+cn8HFRm+2hM8AnXGXws9555KrUB5qihylGa8subX2Nn6UwNR1AkUTV74bU="

// The key of 2024 as the Debian package dns-root-data 2024071801 ships it.
const ksk2024 = ". IN DNSKEY 257 3 8 AwEAAa96jeuknZlaeSrvyAJj6ZHv28hhOKkx3rLGXVaC6rXTsDc449/cidltpkyGwCJNnOAlFNKF2jBosZBU5eeHspaQWOmOElZsjICMQMC3aeHb" +
	"GiShvZsx4wMYSjH8e7Vrhbu6irwCzVBApESjbUdpWWmEnhathWu1jo+siFUiRAAxm9qyJNg/wOZqqzL/dL/q8PkcRU5oUKEpUge71M3ej2/7CPqpdVwuMoTvoB+Z" +
	"OT4YeGyxMvHmbrxlFzGOHOijtzN+u1TQNatX2XBuzZNQ1K+s2CXkPIZo7s6JgZyvaBevYtxPvYLw4z9mR7K2vaF18UYH9Z9GNUUeayffKC73PYc="

// Both keys of the root are shipped, and their digests are those of the keys themselves.
func TestRootKeysFitTheirDigests(t *testing.T) {
	anchors := Root()
	if len(anchors) != 2 {
		t.Fatalf("%d anchors are shipped", len(anchors))
	}
	for i, text := range []string{ksk2017, ksk2024} {
		rr, err := dns.NewRR(text)
		if err != nil {
			t.Fatal(err)
		}
		if ds := anchors[i].(*dns.DS); !pointsTo(ds, rr.(*dns.DNSKEY)) {
			t.Errorf("the shipped digest of key %d is not that of key %d", ds.KeyTag, rr.(*dns.DNSKEY).KeyTag())
		}
	}
}

// What a file of trust anchors may hold, and what is said of one that cannot be used.
func TestAnchors(t *testing.T) {
	const ds = ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n"
	good := map[string]struct {
		text string
		n    int
	}{
		"DS":                  {ds, 1},
		"DNSKEY":              {ksk2017 + "\n", 1},
		"both, with comments": {"; root\n\n" + ds + "\n" + ksk2024 + " ; id 38696\n", 2},
		"over several lines":  {". IN DS 20326 8 2 (\n E06D44B80B8F1D39A95C0B0D7C65D084 ; first half\n 58E880409BBC683457104237C7F8EC8D )\n", 1},
		"with a TTL":          {". 172800 IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D", 1},
		"of another zone":     {"example.com." + ds[1:], 1},
		"line ends of DOS":    {strings.ReplaceAll(ds+ds, "\n", "\r\n"), 2},
	}
	for name, test := range good {
		if anchors, err := Anchors(strings.NewReader(test.text)); err != nil || len(anchors) != test.n {
			t.Errorf("%s: %v, %v", name, anchors, err)
		}
	}
	bad := map[string]struct{ text, says string }{
		"nothing":                  {"", "no DS or DNSKEY"},
		"comments alone":           {"; nothing\n", "no DS or DNSKEY"},
		"prose":                    {ds + "this is it\n", "line 2"},
		"another type":             {"\n\n. IN NS a.root-servers.net.\n", "line 3"},
		"a digest cut short":       {". IN DS 20326 8 2 E06D44B8\n", "line 1"},
		"a digest by SHA-1":        {ds + ". IN DS 20326 8 1 " + strings.Repeat("ab", 20), "line 2"},
		"a key of no zone":         {strings.Replace(ksk2017, "257", "1", 1), "line 1"},
		"a revoked key":            {strings.Replace(ksk2017, "257", "385", 1), "line 1"},
		"an open parenthesis":      {ds + ". IN DS 20326 8 2 (\nE06D44B8\n", "line 2"},
		"a directive":              {"$INCLUDE /etc/passwd\n", "line 1"},
		"a digest that is none":    {". IN DS 20326 8 2 " + strings.Repeat("zz", 32), "line 1"},
		"larger than any":          {strings.Repeat("; x\n", MaxAnchors), "larger"},
		"more than anybody trusts": {strings.Repeat(ds, mostAnchors+1), "more than"},
	}
	for name, test := range bad {
		if anchors, err := Anchors(strings.NewReader(test.text)); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, %v; want %q", name, anchors, err, test.says)
		}
	}
}
