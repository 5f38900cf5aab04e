package spf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
	"gopkg.in/yaml.v3"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
	"mxverdict/verify/spf/checkhost"
)

// suite is the test suite of RFC 7208 that an SPF library is tested with. It is read where the library lies, which is no part of this program.
func suite(t *testing.T) (scenarios []suiteScenario) {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "blitiri.com.ar/go/spf").Output()
	if err != nil {
		t.Fatal("go.mod requires the library, and its module is not at hand: ", err)
	}
	file, err := os.Open(filepath.Join(strings.TrimSpace(string(dir)), "testdata", "rfc7208-tests.yml"))
	if err != nil {
		t.Fatal("the library has its test suite elsewhere now: ", err)
	}
	defer file.Close()
	for decoder := yaml.NewDecoder(file); ; {
		var s suiteScenario
		switch err := decoder.Decode(&s); {
		case errors.Is(err, io.EOF):
			return scenarios
		case err != nil:
			t.Fatal(err)
		}
		scenarios = append(scenarios, s)
	}
}

// suiteScenario is some DNS data, and what comes of evaluations over it.
type suiteScenario struct {
	Description string
	Tests       map[string]struct {
		Host, Helo, MailFrom string
		Result               yaml.Node
	}
	ZoneData map[string][]yaml.Node
}

// results are those of a test, of which any is right.
func results(n yaml.Node) (all []string) {
	if n.Kind == yaml.ScalarNode {
		return []string{n.Value}
	}
	for _, c := range n.Content {
		all = append(all, c.Value)
	}
	return all
}

// answer is what the name servers of a scenario say to a question.
func (s suiteScenario) answer(name, rrtype string) evidence.Exchange {
	x := evidence.Exchange{At: scene.SeenAt, Role: evidence.Authoritative, Server: "198.51.100.1:53", Name: name, Type: rrtype, RCode: "NXDOMAIN", AA: true,
		Authority: []string{". 300 IN SOA a. b. 1 2 3 4 5"}}
	for owner, entries := range s.ZoneData {
		if !strings.EqualFold(strings.ReplaceAll(strings.TrimSuffix(owner, "."), " ", `\ `), name) {
			continue
		}
		x.RCode = "NOERROR"
		for _, entry := range entries {
			switch {
			case entry.Kind == yaml.ScalarNode: // TIMEOUT
				return silent(x)
			case entry.Content[0].Value == rrtype, entry.Content[0].Value == "SPF" && rrtype == "TXT" && !s.has(entries, "TXT"):
				x.Answer = append(x.Answer, data(name, rrtype, entry.Content[1])...)
			case entry.Content[0].Value == "CNAME":
				x.Answer = append(x.Answer, name+". 300 IN CNAME "+dns.Fqdn(entry.Content[1].Value))
			}
		}
		if len(x.Answer) == 0 && s.has(entries, "TIMEOUT") {
			return silent(x)
		}
	}
	return x
}

// silent is a question to which nothing comes.
func silent(x evidence.Exchange) evidence.Exchange {
	x.RCode, x.AA, x.Authority, x.Failure = "", false, nil, &evidence.Failure{Kind: evidence.Timeout}
	return x
}

// has tells whether a name has entries of a type. The suite says by those of the type SPF what holds for TXT too.
func (s suiteScenario) has(entries []yaml.Node, rrtype string) bool {
	return slices.ContainsFunc(entries, func(n yaml.Node) bool { return n.Kind == yaml.MappingNode && n.Content[0].Value == rrtype })
}

// data writes an entry as a record.
func data(name, rrtype string, n *yaml.Node) []string {
	values := []string{n.Value}
	if n.Kind == yaml.SequenceNode {
		values = nil
		for _, c := range n.Content {
			values = append(values, c.Value)
		}
	}
	switch {
	case len(values) == 1 && values[0] == "NONE":
		return nil
	case rrtype == "MX" && values[1] == "":
		return []string{name + ". 300 IN MX " + values[0] + " ."}
	case rrtype == "MX":
		return []string{name + ". 300 IN MX " + values[0] + " " + dns.Fqdn(values[1])}
	case rrtype != "TXT":
		return []string{name + ". 300 IN " + rrtype + " " + values[0]}
	}
	txt := &dns.TXT{Hdr: dns.RR_Header{Name: name + ".", Rrtype: dns.TypeTXT, Class: dns.ClassINET, Ttl: 300}}
	for _, v := range values {
		var escaped strings.Builder
		for _, c := range []byte(v) {
			fmt.Fprintf(&escaped, "\\%03d", c)
		}
		txt.Txt = append(txt.Txt, escaped.String())
	}
	return []string{txt.String()}
}

// known derives what is known of a domain of a scenario, once all that is worth asking was asked.
func (s suiteScenario) known(t *testing.T, domain string) *facts.Set {
	z := scene.GoodZone()
	z.Targets[0].Name, z.Targets[0].Servers = domain, []evidence.Server{scene.OwnA}
	r := &reading.Reading{Bundle: &z.Bundle}
	want := reading.Wish{Source: facts.FromSPFRecord | facts.FromSPFTree | facts.FromSPFNames}
	for range 100 {
		added := false
		for _, q := range Questions(r, &z.Targets[0], want) {
			if r.Done(q) {
				continue
			}
			added = true
			if q.Kind == reading.Authoritative {
				r.Add(s.answer(q.Name, q.Type))
				for _, link := range r.Chain(q.Name, q.Type)[1:] {
					r.Add(s.answer(link, q.Type))
				}
			}
			r.Answer(q)
		}
		if !added {
			return factsOf(&z.Bundle)
		}
	}
	t.Fatal(domain, "asks for ever")
	return nil
}

// Where the suite has a permanent error, a fault is found in the records; where it has an evaluation that ended without one, and that no term
// matched before, none is. What hangs on the sender's own name is left out.
func TestSuiteOfTheStandard(t *testing.T) {
	broken, sound := 0, 0
	for _, s := range suite(t) {
		for name, test := range s.Tests {
			_, domain, _ := strings.Cut(test.MailFrom, "@")
			if domain == "" {
				domain = test.Helo
			}
			domain = strings.ToLower(domain)
			if !proper(domain) {
				continue // of no name of a domain a report is about
			}
			found, open := faultsFound(s.known(t, domain), facts.Subject{Kind: facts.Target, Name: domain})
			results := results(test.Result)
			switch {
			case slices.Equal(results, []string{"permerror"}):
				if broken++; len(found) == 0 && !open {
					t.Errorf("%s: %s: no fault is found in the records of %s", s.Description, name, domain)
				}
			// One that passed may have ended before the fault, but not before one of the grammar (section 4.6).
			case slices.Contains(results, "pass"):
				if sound++; slices.Contains(found, facts.SPFBroken) || slices.Contains(found, facts.SPFCount) {
					t.Errorf("%s: %s is %v, and found are %v", s.Description, name, results, found)
				}
			case !slices.Contains(results, "permerror") && !slices.Contains(results, "temperror"):
				if sound++; len(found) > 0 {
					t.Errorf("%s: %s is %v, and found are %v", s.Description, name, results, found)
				}
			}
		}
	}
	t.Logf("%d tests with a permanent error, %d without", broken, sound)
}

// faultsFound are the facts about a name that make an evaluation end with an error, and whether others of them are open.
func faultsFound(set *facts.Set, about facts.Subject) (found []facts.Name, open bool) {
	for _, name := range []facts.Name{facts.SPFBroken, facts.SPFIncludesBroken, facts.SPFIncludesNothing, facts.SPFRedirectNowhere, facts.SPFLoop} {
		f, _ := set.Get(name, about)
		if open = open || !f.Known(); f.Value.Bool() {
			found = append(found, name)
		}
	}
	for name, most := range map[facts.Name]int64{facts.SPFLookups: 10, facts.SPFMXMost: 10, facts.SPFVoid: 2, facts.SPFCount: 1} {
		if f, _ := set.Get(name, about); f.Value.Int() > most {
			found = append(found, name)
		}
	}
	return found, open
}

// What becomes of each sender of the suite: the evaluation that the program makes, over the answers that name servers of the suite's data give.
func TestSendersOfTheSuite(t *testing.T) {
	passed, all := 0, 0
	for _, s := range suite(t) {
		for name, test := range s.Tests {
			all++
			address, err := netip.ParseAddr(test.Host)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			source := checkhost.From(&dnsanswer.Reader{}, func(_ context.Context, name, rrtype string) []evidence.Exchange {
				return s.chain(dnsanswer.HostName(name), rrtype)
			})
			said := source.Check(t.Context(), address, test.Helo, test.MailFrom)
			if want := results(test.Result); !slices.Contains(want, string(said.Result)) {
				t.Errorf("%s: %s from %s is %s (%v), want %v", s.Description, name, test.MailFrom, said.Result, said.Err, want)
				continue
			}
			passed++
		}
	}
	t.Logf("%d of %d tests pass", passed, all)
	if all < 200 {
		t.Errorf("the suite has %d tests only", all)
	}
}

// chain is what a resolver that follows aliases says to a question.
func (s suiteScenario) chain(name, rrtype string) []evidence.Exchange {
	x := s.answer(name, rrtype)
	x.Role = evidence.Resolver
	for range 10 {
		last := x.Answer
		if len(last) == 0 || !strings.Contains(last[len(last)-1], " CNAME ") {
			break
		}
		target := strings.TrimSuffix(last[len(last)-1][strings.LastIndexByte(last[len(last)-1], ' ')+1:], ".")
		more := s.answer(target, rrtype)
		if len(more.Answer) == 0 {
			break
		}
		x.Answer = append(x.Answer, more.Answer...)
	}
	return []evidence.Exchange{x}
}
