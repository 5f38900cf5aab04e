package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"
)

// bimiRules are the rules about BIMI.
var bimiRules = []string{"bimi/missing", "bimi/syntax", "bimi/logo", "bimi/certificate", "bimi/dmarc"}

const (
	// drawing is a logo without a fault.
	drawing = `<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 96 96"><title>Example</title><rect width="96" height="96"/></svg>`
	// logoOnly and logoAndMark are records at example.com.
	logoOnly    = "v=BIMI1; l=https://www.example.com/logo.svg"
	logoAndMark = logoOnly + "; a=https://www.example.com/mark.pem"
	// svgType is the media type of a logo.
	svgType = "image/svg+xml"
)

// bimiDomain is example.com with mail, a strict DMARC policy and a web server, and a text at the place of its BIMI record for each that is
// given; web holds further keys of the web server, and rest further top-level keys.
func bimiDomain(web, rest string, texts ...string) string {
	return bimiWith("v=DMARC1; p=reject", web, rest, texts...)
}

// bimiWith is bimiDomain with another DMARC record; "" for none.
func bimiWith(dmarc, web, rest string, texts ...string) string {
	records := good + "\nwww.example.com. 300 IN A 203.0.113.80\n"
	if dmarc != "" {
		records += dmarcTexts("example.com", dmarc)
	}
	for _, text := range texts {
		records += fmt.Sprintf("default._bimi.example.com. 300 IN TXT \"%s\"\n", text)
	}
	return domain(records, "", "https:\n  - "+web+"\n"+rest)
}

// webServer is the web server of such a domain with files, a path and a text or a page in YAML each.
func webServer(files ...string) string {
	var b strings.Builder
	b.WriteString("{address: 203.0.113.80, name: www.example.com, content_type: " + svgType + ", files: {")
	for i := 0; i < len(files); i += 2 {
		fmt.Fprintf(&b, "%s: %s, ", files[i], files[i+1])
	}
	return b.String() + "}}"
}

// quoted writes a text as YAML has it.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// page is a page of a web server in YAML.
func page(keys ...string) string { return "{" + strings.Join(keys, ", ") + "}" }

// markFile is a mark certificate and that of its issuer, in PEM and in YAML. It is for example.com and in date on the clock of these tests,
// which begins with the year 2000, unless a change says otherwise.
func markFile(t *testing.T, changes ...func(*x509.Certificate)) string {
	t.Helper()
	began := time.Date(1999, 6, 1, 0, 0, 0, 0, time.UTC)
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	text := "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(drawing))
	logotype, _ := asn1.MarshalWithParams(text, "ia5")
	issuer := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Marks"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: began, NotAfter: began.AddDate(9, 0, 0)}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Example Inc."}, DNSNames: []string{"example.com"},
		NotBefore: began, NotAfter: began.AddDate(1, 0, 0), UnknownExtKeyUsage: []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 31}},
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 12}, Value: logotype}}}
	for _, change := range changes {
		change(leaf)
	}
	issuerKey, leafKey := key(), key()
	var b strings.Builder
	for _, one := range []struct {
		template *x509.Certificate
		public   *ecdsa.PublicKey
	}{{leaf, &leafKey.PublicKey}, {issuer, &issuerKey.PublicKey}} {
		der, err := x509.CreateCertificate(rand.Reader, one.template, issuer, one.public, issuerKey)
		if err != nil {
			t.Fatal(err)
		}
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	return `"` + strings.ReplaceAll(b.String(), "\n", `\n`) + `"`
}

func TestBIMI(t *testing.T) {
	parallel(t)
	const (
		confirmed = "confirmed"
		falsely   = "false_positive"
		policy    = "policy_disagreement"
		unknown   = "inconclusive"
		none      = "{address: 203.0.113.80, name: www.example.com}"
	)
	sub := []string{"--target", "mail.example.com"}
	sound := webServer("/logo.svg", quoted(drawing), "/mark.pem", markFile(t))
	logo := func(file string) string { return bimiDomain(webServer("/logo.svg", file), "", logoOnly) }
	svg := func(old, new string) string { return logo(quoted(strings.Replace(drawing, old, new, 1))) }
	mark := func(file string) string {
		return bimiDomain(webServer("/logo.svg", quoted(drawing), "/mark.pem", file), "", logoAndMark)
	}
	changed := func(f func(*x509.Certificate)) string { return mark(markFile(t, f)) }
	dmarc := func(record string, texts ...string) string { return bimiWith(record, sound, "", texts...) }
	second := func(text string) string {
		return at(secondServer, `zones: [{name: example.com, records: "default._bimi.example.com. 300 IN TXT \"`+text+`\""}]`)
	}
	runRecordCases(t, []recordCase{
		{name: "none", rule: "bimi/missing", scenario: bimiDomain(sound, ""), verdict: policy},
		{name: "one", rule: "bimi/missing", scenario: bimiDomain(sound, "", logoAndMark), verdict: falsely, reason: "changed"},
		{name: "one without a certificate", rule: "bimi/missing", scenario: bimiDomain(sound, "", logoOnly), verdict: falsely, note: "only with one"},
		{name: "one in two strings", rule: "bimi/missing", scenario: bimiDomain(sound, "", `v=BIM" "I1; l=https://www.example.com/logo.svg`), verdict: falsely},
		{name: "one that declines", rule: "bimi/missing", scenario: bimiDomain(sound, "", "v=BIMI1; l=; a=;"), verdict: policy, note: "on purpose"},
		{name: "two", rule: "bimi/missing", scenario: bimiDomain(sound, "", logoOnly, "v=BIMI1; l=; a="), verdict: confirmed, severity: "low"},
		{name: "one beside another text", rule: "bimi/missing", scenario: bimiDomain(sound, "", logoOnly, "v=spf1 -all"), verdict: falsely},
		{name: "another text only", rule: "bimi/missing", scenario: bimiDomain(sound, "", "v=spf1 -all"), verdict: policy},
		{name: "a version in small letters", rule: "bimi/missing", scenario: bimiDomain(sound, "", "v=bimi1; l=https://www.example.com/logo.svg"), verdict: confirmed, severity: "low"},
		{name: "one of no use", rule: "bimi/missing", scenario: bimiDomain(sound, "", "v=BIMI1; l=http://www.example.com/logo.svg"), verdict: confirmed, severity: "low"},
		{name: "one that some refuse", rule: "bimi/missing", scenario: bimiDomain(sound, "", logoOnly+"; avp=x"), verdict: unknown, reason: "ambiguous"},
		{name: "a name below inherits", rule: "bimi/missing", scenario: bimiDomain(sound, "", logoOnly), args: sub, verdict: falsely, note: "that of example.com"},
		{name: "a name below has none either", rule: "bimi/missing", scenario: bimiDomain(sound, ""), args: sub, verdict: policy},
		{name: "a name below declines", rule: "bimi/missing", scenario: strings.Replace(bimiDomain(sound, "", logoOnly), "      default._bimi", "      default._bimi.mail.example.com. 300 IN TXT \"v=BIMI1; l=; a=\"\n      default._bimi", 1), args: sub, verdict: policy, note: "on purpose"},
		{name: "an alias", rule: "bimi/missing", scenario: domain(good+"\ndefault._bimi.example.com. 300 IN CNAME logo.example.net.", "", at("192.0.2.77", `zones: [{name: example.net, records: "logo.example.net. 300 IN TXT \"`+logoOnly+`\""}]`)), verdict: falsely, note: "logo.example.net"},
		{name: "an alias whose servers are silent", rule: "bimi/missing", scenario: domain(good+"\ndefault._bimi.example.com. 300 IN CNAME logo.example.net.", "", at("192.0.2.77", "behaves: [silent]")), verdict: unknown},
		{name: "one server has another", rule: "bimi/missing", scenario: bimiDomain(sound, second("v=BIMI1; l=; a="), logoOnly), verdict: unknown, reason: "disagreement"},
		{name: "one server lacks it", rule: "bimi/missing", scenario: bimiDomain(sound, at(secondServer, `zones: [{name: example.com, records: ""}]`), logoOnly), verdict: unknown, reason: "disagreement"},
		{name: "the resolver fails at it", rule: "bimi/missing", scenario: bimiDomain(sound, at("203.0.113.1", "unlike: [{name: default._bimi.example.com, answer: SERVFAIL}]"), logoOnly), verdict: unknown, reason: "servfail"},
		{name: "the name does not exist", rule: "bimi/missing", scenario: bimiDomain(sound, "", logoOnly), args: []string{"--target", "nowhere.example.com"}, verdict: unknown, reason: "not_found"},
		{name: "an address for a target", rule: "bimi/missing", scenario: bimiDomain(sound, "", logoOnly), args: []string{"--address", "203.0.113.25"}, verdict: unknown, reason: "no_target"},

		{name: "in order", rule: "bimi/syntax", scenario: bimiDomain(sound, "", logoAndMark), verdict: falsely, reason: "changed"},
		{name: "an empty tag", rule: "bimi/syntax", scenario: bimiDomain(sound, "", logoOnly+";;"), verdict: policy},
		{name: "no logo", rule: "bimi/syntax", scenario: bimiDomain(sound, "", "v=BIMI1; a=https://www.example.com/mark.pem"), verdict: confirmed, severity: "low"},
		{name: "a tag twice", rule: "bimi/syntax", scenario: bimiDomain(sound, "", logoOnly+"; a=; a="), verdict: confirmed, severity: "low"},
		{name: "two records", rule: "bimi/syntax", scenario: bimiDomain(sound, "", logoOnly, logoAndMark), verdict: confirmed, severity: "low"},
		{name: "what some refuse", rule: "bimi/syntax", scenario: bimiDomain(sound, "", logoOnly+"; lps=yes"), verdict: unknown, reason: "ambiguous"},
		{name: "no record", rule: "bimi/syntax", scenario: bimiDomain(sound, ""), verdict: unknown, reason: "not_found"},

		{name: "in order", rule: "bimi/logo", scenario: logo(quoted(drawing)), verdict: falsely, reason: "changed"},
		{name: "no profile", rule: "bimi/logo", scenario: svg(` baseProfile="tiny-ps"`, ""), verdict: confirmed, severity: "low"},
		{name: "version 1.1", rule: "bimi/logo", scenario: svg(`version="1.2"`, `version="1.1"`), verdict: confirmed, severity: "low"},
		{name: "no title", rule: "bimi/logo", scenario: svg(`<title>Example</title>`, ""), verdict: confirmed, severity: "low"},
		{name: "a script", rule: "bimi/logo", scenario: svg(`<rect`, `<script/><rect`), verdict: confirmed, severity: "low"},
		{name: "a page", rule: "bimi/logo", scenario: logo(quoted("<html>Not found</html>")), verdict: confirmed, severity: "low"},
		{name: "not there", rule: "bimi/logo", scenario: bimiDomain(none, "", logoOnly), verdict: confirmed, severity: "low"},
		{name: "gone", rule: "bimi/logo", scenario: logo(page("status: 410")), verdict: confirmed, severity: "low"},
		{name: "forbidden", rule: "bimi/logo", scenario: logo(page("status: 403")), verdict: unknown, reason: "refused"},
		{name: "the web server fails", rule: "bimi/logo", scenario: logo(page("status: 503")), verdict: unknown, reason: "refused"},
		{name: "another media type", rule: "bimi/logo", scenario: logo(page("content_type: text/plain", "text: "+quoted(drawing))), verdict: policy},
		{name: "a media type with more", rule: "bimi/logo", scenario: logo(page("content_type: 'Image/SVG+XML; charset=utf-8'", "text: "+quoted(drawing))), verdict: falsely},
		{name: "not square", rule: "bimi/logo", scenario: svg("0 0 96 96", "0 0 96 48"), verdict: policy},
		{name: "what some refuse", rule: "bimi/logo", scenario: svg("<svg", "<!DOCTYPE svg><svg"), verdict: unknown, reason: "ambiguous"},
		{name: "too large", rule: "bimi/logo", scenario: svg("<rect", "<desc>"+strings.Repeat("x", 40<<10)+"</desc><rect"), verdict: policy},
		{name: "moved", rule: "bimi/logo", scenario: bimiDomain(webServer("/logo.svg", page("status: 301", "location: /new.svg"), "/new.svg", quoted(drawing)), "", logoOnly), verdict: falsely},
		{name: "moved in a circle", rule: "bimi/logo", scenario: logo(page("status: 302", "location: /logo.svg")), verdict: unknown, reason: "ambiguous"},
		{name: "moved for ever", rule: "bimi/logo", scenario: bimiDomain(webServer("/logo.svg", page("status: 302", "location: /1"), "/1", page("status: 302", "location: /2"), "/2", page("status: 302", "location: /3"),
			"/3", page("status: 302", "location: /4"), "/4", page("status: 302", "location: /5"), "/5", page("status: 302", "location: /6"), "/6", quoted(drawing)), "", logoOnly), verdict: unknown, reason: "ambiguous"},
		{name: "moved to a place without HTTPS", rule: "bimi/logo", scenario: bimiDomain(webServer("/logo.svg", page("status: 301", "location: http://www.example.com/logo.svg")),
			"http:\n  - "+webServer("/logo.svg", quoted(drawing))+"\n", logoOnly), verdict: unknown, reason: "ambiguous"},
		{name: "an expired certificate of the web server", rule: "bimi/logo", scenario: bimiDomain(strings.Replace(webServer("/logo.svg", quoted(drawing)), "name:", "certificate: expired, name:", 1), "", logoOnly), verdict: confirmed, severity: "low"},
		{name: "a broken handshake", rule: "bimi/logo", scenario: bimiDomain(strings.Replace(webServer("/logo.svg", quoted(drawing)), "name:", "handshake: alert, name:", 1), "", logoOnly), verdict: unknown, reason: "connect_failed"},
		{name: "a silent web server", rule: "bimi/logo", scenario: bimiDomain("{address: 203.0.113.80, name: www.example.com, connect: silent}", "", logoOnly), verdict: unknown, reason: "connect_failed"},
		{name: "a closed web server", rule: "bimi/logo", scenario: bimiDomain("{address: 203.0.113.81, name: www.example.com}", "", logoOnly), verdict: unknown, reason: "connect_failed"},
		{name: "a host without address", rule: "bimi/logo", scenario: bimiDomain(sound, "", "v=BIMI1; l=https://gone.example.com/logo.svg"), verdict: confirmed, severity: "low"},
		{name: "a host that does not answer", rule: "bimi/logo", scenario: bimiDomain(sound, at("192.0.2.77", "behaves: [silent]"), "v=BIMI1; l=https://logo.example.net/logo.svg"), verdict: unknown},
		{name: "a port that is not visited", rule: "bimi/logo", scenario: bimiDomain(sound, "", "v=BIMI1; l=https://www.example.com:22/logo.svg"), verdict: unknown},
		{name: "a record that declines", rule: "bimi/logo", scenario: bimiDomain(sound, "", "v=BIMI1; l=; a="), verdict: unknown, reason: "not_found"},
		{name: "no record", rule: "bimi/logo", scenario: bimiDomain(sound, ""), verdict: unknown, reason: "not_found"},

		{name: "none", rule: "bimi/certificate", scenario: bimiDomain(sound, "", logoOnly), verdict: policy},
		{name: "nothing is wrong", rule: "bimi/certificate", scenario: mark(markFile(t)), verdict: unknown, reason: "untested"},
		{name: "expired", rule: "bimi/certificate", scenario: changed(func(c *x509.Certificate) { c.NotAfter = c.NotBefore.AddDate(0, 1, 0) }), verdict: confirmed, severity: "low"},
		{name: "not valid yet", rule: "bimi/certificate", scenario: changed(func(c *x509.Certificate) { c.NotBefore = c.NotBefore.AddDate(0, 11, 0) }), verdict: confirmed, severity: "low"},
		{name: "for another domain", rule: "bimi/certificate", scenario: changed(func(c *x509.Certificate) { c.DNSNames = []string{"example.net"} }), verdict: confirmed, severity: "low"},
		{name: "that of a web server", rule: "bimi/certificate", scenario: changed(func(c *x509.Certificate) { c.UnknownExtKeyUsage = nil }), verdict: confirmed, severity: "low"},
		{name: "without a logo", rule: "bimi/certificate", scenario: changed(func(c *x509.Certificate) { c.ExtraExtensions = nil }), verdict: confirmed, severity: "low"},
		{name: "not there", rule: "bimi/certificate", scenario: bimiDomain(webServer("/logo.svg", quoted(drawing)), "", logoAndMark), verdict: confirmed, severity: "low"},
		{name: "a page", rule: "bimi/certificate", scenario: mark(quoted("<html/>")), verdict: confirmed, severity: "low"},
		{name: "forbidden", rule: "bimi/certificate", scenario: mark(page("status: 403")), verdict: unknown, reason: "refused"},
		{name: "of the organisation", rule: "bimi/certificate", scenario: mark(markFile(t)), args: sub, verdict: unknown, reason: "untested"},
		{name: "no record", rule: "bimi/certificate", scenario: bimiDomain(sound, ""), verdict: unknown, reason: "not_found"},

		{name: "p=none beside a record", rule: "bimi/dmarc", scenario: dmarc("v=DMARC1; p=none", logoOnly), verdict: confirmed, severity: "low"},
		{name: "p=none without one", rule: "bimi/dmarc", scenario: dmarc("v=DMARC1; p=none"), verdict: policy},
		{name: "p=none beside one that declines", rule: "bimi/dmarc", scenario: dmarc("v=DMARC1; p=none", "v=BIMI1; l=; a="), verdict: policy},
		{name: "none beside a record", rule: "bimi/dmarc", scenario: dmarc("", logoOnly), verdict: confirmed, severity: "low"},
		{name: "reject", rule: "bimi/dmarc", scenario: dmarc("v=DMARC1; p=reject", logoOnly), verdict: falsely, reason: "changed"},
		{name: "quarantine", rule: "bimi/dmarc", scenario: dmarc("v=DMARC1; p=quarantine; pct=100", logoOnly), verdict: falsely},
		{name: "quarantine of some", rule: "bimi/dmarc", scenario: dmarc("v=DMARC1; p=quarantine; pct=50", logoOnly), verdict: confirmed, severity: "low"},
		{name: "nothing below", rule: "bimi/dmarc", scenario: dmarc("v=DMARC1; p=reject; sp=none", logoOnly), verdict: confirmed, severity: "low"},
		{name: "tried out", rule: "bimi/dmarc", scenario: dmarc("v=DMARC1; p=reject; t=y", logoOnly), verdict: unknown, reason: "ambiguous"},
		{name: "strict below a lax organisation", rule: "bimi/dmarc", scenario: strings.Replace(dmarc("v=DMARC1; p=none", logoOnly), "      _dmarc", "      _dmarc.mail.example.com. 300 IN TXT \"v=DMARC1; p=reject\"\n      _dmarc", 1), args: sub, verdict: confirmed, severity: "low"},
	})
}

// What keeps the servers from telling of the record leaves every claim about it open, and so does what they say against each other.
func TestBIMITroubleIsInconclusive(t *testing.T) {
	parallel(t)
	unlike := func(answer string) string {
		return bothServers("unlike: [{name: default._bimi.example.com, type: TXT, answer: " + answer + "}]")
	}
	sound := webServer("/logo.svg", quoted(drawing), "/mark.pem", markFile(t))
	weak := func(rest string) string { return bimiWith("v=DMARC1; p=none", sound, rest, logoAndMark) }
	wantOpen(t, bimiRules, map[string]string{
		"timeout":             weak(unlike("silence")),
		"SERVFAIL":            weak(unlike("SERVFAIL")),
		"REFUSED":             weak(unlike("REFUSED")),
		"truncated":           weak(bothServers("behaves: [truncate, no_tcp]")),
		"without authority":   weak(bothServers("behaves: [not_authoritative]")),
		"servers differ":      weak(at(secondServer, `zones: [{name: example.com, records: "default._bimi.example.com. 300 IN TXT \"`+logoOnly+`\"\n_dmarc.example.com. 300 IN TXT \"v=DMARC1; p=reject\""}]`)),
		"no server answers":   weak(bothDead),
		"too many to be kept": bimiWith("v=DMARC1; p=none", sound, "", manyTexts()...),
	})
}

// A hostile logo costs a bounded number of requests, of bytes and of time, and is not called good.
func TestHostileLogo(t *testing.T) {
	parallel(t)
	laughs := `<!DOCTYPE svg [<!ENTITY a "lol">`
	for i := range 9 {
		laughs += fmt.Sprintf(`<!ENTITY %c "%s">`, 'b'+i, strings.Repeat(fmt.Sprintf("&%c;", 'a'+i), 10))
	}
	laughs += "]>" + strings.Replace(drawing, "<rect", "<desc>&j;</desc><rect", 1)
	onward := []string{"/logo.svg", page("status: 302", "location: /0")}
	for i := range 50 {
		onward = append(onward, fmt.Sprintf("/%d", i), page("status: 302", fmt.Sprintf("location: /%d", i+1)))
	}
	for name, test := range map[string]struct {
		files   []string
		verdict string
	}{
		"a billion laughs":     {[]string{"/logo.svg", quoted(laughs)}, "confirmed"},
		"a gibibyte":           {[]string{"/logo.svg", page("size: 1073741824", "text: "+quoted(drawing))}, "inconclusive"},
		"a gibibyte of blanks": {[]string{"/logo.svg", page("size: 1073741824", "text: ' '")}, "inconclusive"},
		"drops":                {[]string{"/logo.svg", page("drip: 10s", "text: "+quoted(drawing))}, "inconclusive"},
		"redirects":            {onward, "inconclusive"},
		"a nest":               {[]string{"/logo.svg", quoted(strings.Replace(drawing, "<rect", strings.Repeat("<g>", 5000)+"<rect", 1))}, "confirmed"},
	} {
		t.Run(name, func(t *testing.T) {
			a, o := judged(t, bimiDomain(webServer(test.files...), "", logoOnly), claim("bimi/logo"))
			if v := a.verdict("bimi/logo"); v.Verdict != test.verdict {
				t.Errorf("%s (%s) %s", v.Verdict, v.Reason, v.Says)
			}
			if len(o.requests) > 6 || o.took > 2*time.Minute {
				t.Errorf("%d requests in %v", len(o.requests), o.took)
			}
		})
	}
}
