package rules

import (
	"time"

	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// Patience is the table of who waits how long for a greeting, and the limits for which the counterfactual is shown.
// The limits are those of a reader's questions ("what would somebody see who waits ten seconds?") and judge nothing.
type Patience struct {
	Limits  []time.Duration
	Clients []Client
}

// Client is a sender of mail or a tester, and how long it waits for the greeting.
type Client struct {
	Name   string
	Sender bool
	Waits  time.Duration
	Source string
	Seen   string // year and month in which the source was last read
}

// The YAML shape of the table. Senders and testers stand apart there, because nobody loses mail when a tester hangs up.
type patienceFile struct {
	Schema  string       `yaml:"schema"`
	Limits  []string     `yaml:"limits"`
	Senders []clientSpec `yaml:"senders"`
	Testers []clientSpec `yaml:"testers"`
}

// clientSpec is a client in YAML.
type clientSpec struct {
	Name   string `yaml:"name"`
	Waits  string `yaml:"waits"`
	Source string `yaml:"source"`
	Seen   string `yaml:"seen"`
}

const patienceSchema = "mxverdict/patience/1"

// loadPatience reads the table as a whole: it takes the place of the former one, since half a table would say "none of these senders"
// of those that it lists and keep silent about the others.
func loadPatience(file string, data []byte) (*Patience, error) {
	var spec patienceFile
	var m strict.Mistakes
	shaped := !m.Add(strict.Decode(file, data, &spec))
	bad := func(says string) { m.Add(&strict.Error{File: file, Line: 1, Says: says}) }
	if spec.Schema != patienceSchema && (shaped || spec.Schema != "") {
		return nil, &strict.Error{File: file, Line: 1, Says: "schema must be " + patienceSchema}
	}
	p := &Patience{}
	for _, l := range spec.Limits {
		d, err := time.ParseDuration(l)
		if err != nil || d <= 0 {
			bad("limit " + l + " is no duration such as 15s")
		}
		p.Limits = append(p.Limits, d)
	}
	for i, c := range append(spec.Senders, spec.Testers...) {
		d, err := time.ParseDuration(c.Waits)
		if err != nil || d <= 0 {
			bad(c.Name + ": waits " + c.Waits + " is no duration such as 300s")
		}
		// What is said of somebody else's program must be checkable, and its age known: programs change.
		if shaped && (c.Name == "" || c.Source == "" || c.Seen == "") {
			bad("every client needs name, waits, source and seen")
		}
		// Senders stand first in the list, so that the place tells them from testers.
		p.Clients = append(p.Clients, Client{c.Name, i < len(spec.Senders), d, c.Source, c.Seen})
	}
	return p, m.Err()
}

// givesUp tells whether a client that waits for limit would hang up before something that took latency.
func givesUp(latency facts.Fact, limit time.Duration) Truth {
	if !latency.Known() {
		return Unknown
	}
	// A wait that we ended ourselves lasted at least as long: whoever waits less has given up for certain, others perhaps.
	return bounded(latency, latency.Value.Duration() > limit, True)
}

// rows judges every client of the table at the measured latency.
// Senders show whom a delay costs mail, testers who misreports it.
func (p *Patience) rows(latency facts.Fact) []PatienceRow {
	rows := make([]PatienceRow, 0, len(p.Clients))
	for _, c := range p.Clients {
		rows = append(rows, PatienceRow{Name: c.Name, Sender: c.Sender, Waits: c.Waits.Seconds(),
			GivesUp: givesUp(latency, c.Waits), Source: c.Source, Seen: c.Seen})
	}
	return rows
}
