package blocklist

import (
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

// kinds are the lists of the table of situations.
var kinds = map[string]*List{
	"plain": {Name: "plain", Holds: facts.HoldsAddresses, Scope: facts.ScopeAddress, Use: facts.UseFew},
	"few":   {Name: "few", Holds: facts.HoldsAddresses, Scope: facts.ScopeAddress, Use: facts.UseFew, Codes: codes("127.0.0.2")},
	"coded": {Name: "coded", Holds: facts.HoldsAddresses, Scope: facts.ScopeAddress, Use: facts.UseMany,
		Codes: codes("127.0.0.2", "127.0.0.3 range", "127.0.0.10 policy", "127.0.0.9 network", "127.0.1.255 error")},
	"bits":  {Name: "bits", Holds: facts.HoldsAddresses, Scope: facts.ScopeAddress, Use: facts.UseMany, Bits: true, Codes: codes("127.0.0.1 error", "127.0.0.2", "127.0.0.4", "127.0.0.254 error")},
	"white": {Name: "white", Holds: facts.HoldsAddresses, Scope: facts.ScopeAddress, Use: facts.UseFew, Codes: codes("127.0.0.1 none", "127.0.0.3 none", "127.0.0.2")},
}

func codes(texts ...string) (list []Code) {
	for _, text := range texts {
		code, scope, _ := strings.Cut(text, " ")
		list = append(list, Code{netip.MustParseAddr(code), scope, "it means " + code})
	}
	return list
}

// says adds what a server says of a name, in a word of the table.
func says(z *scene.Zone, server evidence.Server, name, word string) {
	change := func(f func(*evidence.Exchange)) { z.Says(server, name, "A", nil, f) }
	failed := func(kind evidence.FailureKind) {
		change(func(x *evidence.Exchange) {
			x.RCode, x.Failure = "", &evidence.Failure{Kind: kind, Waited: evidence.Seconds(5e9)}
		})
	}
	switch word {
	case "-":
		change(func(x *evidence.Exchange) { x.RCode = "NXDOMAIN" })
	case "nodata":
		z.Says(server, name, "A", nil)
	case "fail":
		change(func(x *evidence.Exchange) { x.RCode, x.AA = "SERVFAIL", false })
	case "no":
		change(func(x *evidence.Exchange) { x.RCode, x.AA = "REFUSED", false })
	case "silent":
		failed(evidence.Timeout)
	case "cut":
		change(func(x *evidence.Exchange) { x.TC = true })
		failed(evidence.Refused)
	case "lame":
		z.Says(server, name, "A", []string{"127.0.0.2"}, func(x *evidence.Exchange) { x.AA = false })
	case "alias":
		z.Says(server, name, "CNAME", []string{"parked.example.net."}, func(x *evidence.Exchange) { x.Type = "A" })
	case "sparse":
		z.Says(server, name, "A", []string{"127.0.0.2"}, func(x *evidence.Exchange) { x.RCode = "NXDOMAIN" })
	default:
		z.Says(server, name, "A", strings.Fields(word))
	}
}

// The table was written by hand, before the code.
func TestSituations(t *testing.T) {
	table, err := os.ReadFile("testdata/situations.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(table)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		n++
		t.Run(strconv.Itoa(n)+" "+line, func(t *testing.T) { situation(t, strings.Split(line, "|")) })
	}
	if n < 60 {
		t.Errorf("only %d situations", n)
	}
}

func situation(t *testing.T, columns []string) {
	list := kinds[strings.TrimSpace(columns[0])]
	list.Zone = "bl.example.net"
	z := scene.ZoneWith()
	e := entry{addr: netip.MustParseAddr("203.0.113.25"), name: "25.113.0.203"}
	for i, words := range strings.Split(columns[1], ";") {
		server := evidence.Server{Name: "ns" + strconv.Itoa(i+1) + ".example.net", Address: "192.0.2." + strconv.Itoa(i+1)}
		for j, word := range strings.Split(words, "/") {
			says(z, server, []string{"2.0.0.127", "1.0.0.127", e.name}[j]+".bl.example.net", strings.TrimSpace(word))
		}
	}
	d := &derivation{&reading.Reading{Bundle: &z.Bundle}}
	got := d.listing(list, e)
	want, scope, _ := strings.Cut(strings.TrimSpace(columns[2]), " ")
	why := ""
	if len(columns) > 3 {
		why = strings.TrimSpace(columns[3])
	}
	listed := got[facts.BlockListed]
	if said := map[bool]string{true: map[bool]string{true: "yes", false: "no"}[listed.Value.Bool()], false: "unknown"}[listed.Known()]; said != want {
		t.Fatalf("listed is %s, want %s: %+v", said, want, listed)
	}
	if got[facts.BlockListScope].Value.Text() != scope {
		t.Errorf("blames %q, want %q", got[facts.BlockListScope].Value.Text(), scope)
	}
	if everything := got[facts.BlockListWorld]; everything.IsYes() != (why == "everything") || want != "unknown" && !everything.IsNo() {
		t.Errorf("everything is %+v", everything)
	}
	if want == "unknown" && (listed.Why.Code == "" || !strings.Contains(strings.ToLower(listed.Why.Detail), strings.ToLower(why))) {
		t.Errorf("the reason %q does not say %q", listed.Why.Detail, why)
	}
}
