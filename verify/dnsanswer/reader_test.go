package dnsanswer

import (
	"fmt"
	"testing"

	"mxverdict/verify/evidence"
)

// A Reader reads a text once, and takes for a record what anybody takes for one.
func TestReaderReadsOnce(t *testing.T) {
	texts := []string{"example.com. 300 IN MX 10 mail.example.com.", "example.com. 300 CH TXT \"x\"", "no record", ""}
	var r, none *Reader = &Reader{}, nil
	first, again := r.Parse(texts), r.Parse(texts)
	if len(first) != 1 || len(again) != 1 || first[0] != again[0] {
		t.Errorf("%v, then %v", first, again)
	}
	if afresh := none.Parse(texts); len(afresh) != 1 || afresh[0] == none.Parse(texts)[0] || afresh[0].String() != first[0].String() {
		t.Errorf("without memory %v", afresh)
	}
}

// An answer with many records is looked at again and again, for each of several facts.
func BenchmarkRecords(b *testing.B) {
	x := evidence.Exchange{Role: evidence.Authoritative, Name: "example.com", Type: "A", RCode: "NOERROR", AA: true}
	for i := range 50 {
		x.Answer = append(x.Answer, fmt.Sprintf("example.com. 300 IN A 192.0.2.%d", i))
	}
	for name, r := range map[string]*Reader{"afresh": nil, "remembered": {}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if len(r.Records(x, "A")) != 50 {
					b.Fatal("records are missing")
				}
			}
		})
	}
}
