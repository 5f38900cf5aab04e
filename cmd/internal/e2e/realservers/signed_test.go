//go:build realservers

package realservers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mxverdict/cmd/internal/e2e/namespace"
)

// The ways in which a zone is signed by the tools of BIND.
const (
	signedWell     = "good"
	signedExpired  = "expired"   // the signatures ended a month ago
	signedWrongKey = "wrong key" // they were made with a key that the zone does not publish
	signedNoKey    = "no key"    // the zone above points to another key
)

// anchorFile holds the key of the root of this internet.
const anchorFile = "root.ds"

// trustAnchor names that file to the command.
func trustAnchor() []string {
	return []string{"--trust-anchor", filepath.Join(namespace.Folder(), anchorFile)}
}

// signing signs the zones of one named with dnssec-keygen and dnssec-signzone. All views of a zone are signed with the same keys.
type signing struct {
	dir  string
	keys map[string]*dns.DNSKEY // by zone and use
	file map[string]string      // likewise: of the key, without its ending
}

// newSigning makes all keys, and writes the file of trust anchors.
func newSigning(t *testing.T, dir string) *signing {
	s := &signing{dir, map[string]*dns.DNSKEY{}, map[string]string{}}
	for _, z := range zones() {
		if z.signed == "" {
			continue
		}
		s.generate(t, z.name, "signs")
		if z.signed == signedWrongKey || z.signed == signedNoKey {
			s.generate(t, z.name, "above")
		}
	}
	must(t, os.WriteFile(filepath.Join(namespace.Folder(), anchorFile), []byte(s.keys[". signs"].ToDS(dns.SHA256).String()+"\n"), 0o644))
	return s
}

func (s *signing) generate(t *testing.T, zone, use string) {
	folder := filepath.Join(s.dir, "keys", zone+" "+use)
	must(t, os.MkdirAll(folder, 0o755))
	name := strings.TrimSpace(run(t, "dnssec-keygen", "-q", "-K", folder, "-a", "ECDSAP256SHA256", "-f", "KSK", zone))
	text, err := os.ReadFile(filepath.Join(folder, name+".key"))
	must(t, err)
	for line := range strings.Lines(string(text)) {
		if rr, err := dns.NewRR(line); err == nil && rr != nil {
			s.keys[zone+" "+use] = rr.(*dns.DNSKEY)
		}
	}
	s.file[zone+" "+use] = folder
}

// delegations are the DS records of the zones below one.
func (s *signing) delegations(zone string) string {
	var b strings.Builder
	for _, child := range zones() {
		if child.signed == "" || enclosing(child.name) != zone {
			continue
		}
		key := s.keys[child.name+" above"]
		if key == nil {
			key = s.keys[child.name+" signs"]
		}
		b.WriteString(key.ToDS(dns.SHA256).String() + "\n")
	}
	return b.String()
}

// sign signs a zone file in place.
func (s *signing) sign(t *testing.T, z zone, file string) {
	if z.signed == "" {
		return
	}
	const format = "20060102150405"
	from, until := time.Now().Add(-time.Hour), time.Now().Add(30*24*time.Hour)
	if z.signed == signedExpired {
		from, until = time.Now().Add(-60*24*time.Hour), time.Now().Add(-30*24*time.Hour)
	}
	// -S takes the keys of the folder, -z signs all with the one that there is, -P leaves out the check that all holds now.
	run(t, "dnssec-signzone", "-q", "-S", "-z", "-P", "-O", "full", "-K", s.file[z.name+" signs"], "-d", s.dir, "-o", z.name,
		"-s", from.UTC().Format(format), "-e", until.UTC().Format(format), "-f", file+".signed", file)
	text, err := os.ReadFile(file + ".signed")
	must(t, err)
	if z.signed == signedWrongKey {
		text = []byte(s.exchange(z, string(text)))
	}
	must(t, os.WriteFile(file, text, 0o644))
}

// exchange publishes the key to which the zone above points in the place of the one that signed.
func (s *signing) exchange(z zone, text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); len(fields) > 3 && fields[3] == "DNSKEY" {
			line = s.keys[z.name+" above"].String() + "\n"
		}
		b.WriteString(line)
	}
	return b.String()
}
