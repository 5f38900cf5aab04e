package evidence_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"mxverdict/verify/evidence"
)

// endless repeats a text for ever and counts what was read of it.
type endless struct {
	text string
	read int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.text[e.read%len(e.text):])
	e.read += n
	return n, nil
}

// A file that never ends is given up, before it has grown in memory: tiny values are dear, and long ones add up.
func TestReaderEnds(t *testing.T) {
	for name, text := range map[string]string{"tiny values": "{},", "lists in lists": "[", "long texts": strings.Repeat("x", 1000) + `\"`} {
		start := `{"exchanges": [`
		if name == "long texts" {
			start = `{"tool": "`
		}
		e := &endless{text: text}
		_, err := evidence.NewReader(io.MultiReader(strings.NewReader(start), e)).Next()
		if err == nil || errors.Is(err, io.EOF) {
			t.Errorf("%s: %v, want an error", name, err)
		}
		if e.read > evidence.MaxBytes+1<<20 {
			t.Errorf("%s: %d bytes were read", name, e.read)
		}
		if name == "tiny values" && e.read > evidence.MaxBytes/4 {
			t.Errorf("%d bytes of tiny values were read", e.read)
		}
	}
}

// Brackets and commas inside of texts are no values.
func TestReaderCountsValuesOnly(t *testing.T) {
	text := `{"tool": "` + strings.Repeat(`,{[\"`, 500_000) + `"}`
	b, err := evidence.NewReader(strings.NewReader(text)).Next()
	if err != nil || len(b.Tool) != 4*500_000 {
		t.Errorf("%d bytes, %v", len(b.Tool), err)
	}
}

func TestReaderReadsOneAfterTheOther(t *testing.T) {
	r := evidence.NewReader(strings.NewReader(` {"tool":"a"}` + "\n\n" + `{"tool":"b"} `))
	for _, want := range []string{"a", "b"} {
		if b, err := r.Next(); err != nil || b.Tool != want {
			t.Errorf("%q, %v; want %q", b.Tool, err, want)
		}
	}
	if _, err := r.Next(); err != io.EOF {
		t.Errorf("%v, want the end", err)
	}
}

// What no run records is refused, by name; what one may record is not.
func TestCheck(t *testing.T) {
	servers := make([]evidence.Server, evidence.MaxServers+1)
	path := func(cut evidence.Cut) *evidence.Delegation { return &evidence.Delegation{Path: []evidence.Cut{cut}} }
	host := evidence.Host{Addresses: make([]string, evidence.MaxAddresses+1)}
	reply := &evidence.Reply{Lines: make([]evidence.Line, evidence.MaxLines+1)}
	chain := &evidence.TLS{Certificates: make([][]byte, 1000)}
	session := func(e evidence.Event) evidence.Bundle {
		return evidence.Bundle{Sessions: []evidence.Session{{Events: []evidence.Event{e}}}}
	}
	target := func(t evidence.Target) evidence.Bundle { return evidence.Bundle{Targets: []evidence.Target{t}} }
	for want, b := range map[string]evidence.Bundle{
		"targets":          {Targets: make([]evidence.Target, 6000)},
		"exchanges":        {Exchanges: make([]evidence.Exchange, 100_000)},
		"sessions":         {Sessions: make([]evidence.Session, 12_000)},
		"fetches":          {Fetches: make([]evidence.Fetch, 12_000)},
		"one address":      {Sessions: make([]evidence.Session, 1000)},
		"hosts of":         target(evidence.Target{Hosts: make([]evidence.Host, evidence.MaxHosts+1)}),
		"addresses of":     target(evidence.Target{Hosts: []evidence.Host{host}}),
		"block lists of":   target(evidence.Target{Lists: make([]string, evidence.MaxLists+1)}),
		"name servers of":  target(evidence.Target{Servers: servers}),
		"zones on the way": target(evidence.Target{Delegation: &evidence.Delegation{Path: make([]evidence.Cut, 1000)}}),
		"servers of one":   target(evidence.Target{Delegation: path(evidence.Cut{Asked: servers})}),
		"name servers":     target(evidence.Target{Delegation: path(evidence.Cut{Servers: servers})}),
		"names of":         target(evidence.Target{Delegation: path(evidence.Cut{Names: make([]string, evidence.MaxNames+1)})}),
		"records in":       {Exchanges: []evidence.Exchange{{Additional: make([]string, evidence.MaxRecords+1)}}},
		"steps in":         {Sessions: []evidence.Session{{Events: make([]evidence.Event, 1000)}}},
		"lines in":         session(evidence.Event{Reply: reply}),
		"certificates in":  session(evidence.Event{TLS: chain}),
		"in one handshake": {Fetches: []evidence.Fetch{{TLS: chain}}},
		"steps of one":     {Fetches: []evidence.Fetch{{Steps: make([]evidence.Timing, 100)}}},
	} {
		if err := b.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want an error about %q", err, want)
		}
	}
	full := target(evidence.Target{Hosts: make([]evidence.Host, 20), Servers: servers[1:], Delegation: path(evidence.Cut{Asked: servers[1:], Servers: servers[1:]})})
	full.Exchanges = make([]evidence.Exchange, 20_000)
	if err := full.Check(); err != nil {
		t.Errorf("a full run: %v", err)
	}
}
