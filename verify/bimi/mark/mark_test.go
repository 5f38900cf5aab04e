package mark

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/bimi/logo"
)

var now = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

const goodLogo = `<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 1 1"><title>E</title></svg>`

// party is somebody who signs.
type party struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// made makes a certificate, signed by an authority or, where that is nil, by itself.
func made(t *testing.T, template x509.Certificate, by *party) party {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(1)
	if template.NotBefore.IsZero() {
		template.NotBefore, template.NotAfter = now.AddDate(0, -6, 0), now.AddDate(0, 6, 0)
	}
	if by == nil {
		by = &party{&template, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, by.certificate, &key.PublicKey, by.key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return party{c, key}
}

func authority(t *testing.T, name string, by *party) party {
	return made(t, x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true}, by)
}

// sound is the template of a mark certificate of example.com.
func sound() x509.Certificate {
	return x509.Certificate{Subject: pkix.Name{CommonName: "Example Inc."}, DNSNames: []string{"example.com"},
		UnknownExtKeyUsage: []asn1.ObjectIdentifier{purpose}, ExtraExtensions: []pkix.Extension{logotype(goodLogo)}}
}

// logotype is the extension that holds a logo. Only the text matters to the reader, which does not know the whole of RFC 9399.
func logotype(text string) pkix.Extension {
	value, _ := asn1.Marshal(struct {
		Type asn1.ObjectIdentifier
		URI  string `asn1:"ia5"`
	}{asn1.ObjectIdentifier{1, 2}, "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(text))})
	return pkix.Extension{Id: logotypes, Value: value}
}

func file(list ...party) string {
	var b strings.Builder
	for _, p := range list {
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: p.certificate.Raw})
	}
	return b.String()
}

func TestCheck(t *testing.T) {
	root := authority(t, "root", nil)
	between := authority(t, "between", &root)
	other := authority(t, "between", nil) // the same name, and another key
	change := func(f func(*x509.Certificate)) party {
		template := sound()
		f(&template)
		return made(t, template, &between)
	}
	good := change(func(*x509.Certificate) {})
	strange := file(good, between)
	for _, test := range []struct {
		name, text string
		want       logo.Harm
		says       string
	}{
		{"in order", file(good, between), 0, ""},
		{"with its root", file(good, between, root), 0, ""},
		{"in another order", file(between, good), 0, ""},
		{"words around", "Example Inc.\n" + file(good) + "\nissuer\n" + file(between), 0, ""},
		{"lines of Windows", strings.ReplaceAll(file(good, between), "\n", "\r\n"), 0, ""},
		{"several names", file(change(func(c *x509.Certificate) { c.DNSNames = []string{"example.org", "EXAMPLE.com"} }), between), 0, ""},
		{"the name of the record", file(change(func(c *x509.Certificate) { c.DNSNames = []string{"default._bimi.example.com"} }), between), 0, ""},
		{"further purposes", file(change(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }), between), 0, ""},
		{"ends today", file(change(func(c *x509.Certificate) { c.NotBefore, c.NotAfter = now.AddDate(-1, 0, 0), now.Add(time.Hour) }), between), 0, ""},
		{"begins now", file(change(func(c *x509.Certificate) { c.NotBefore, c.NotAfter = now, now.AddDate(1, 0, 0) }), between), 0, ""},
		{"another block before it", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" + file(good, between), 0, ""},
		{"issued by the root at once", file(made(t, sound(), &root), root), 0, ""},

		{"expired", file(change(func(c *x509.Certificate) { c.NotBefore, c.NotAfter = now.AddDate(-2, 0, 0), now.AddDate(0, 0, -1) }), between), logo.Refused, "expired"},
		{"a second ago", file(change(func(c *x509.Certificate) { c.NotBefore, c.NotAfter = now.AddDate(-2, 0, 0), now.Add(-time.Second) }), between), logo.Refused, "expired"},
		{"not yet", file(change(func(c *x509.Certificate) { c.NotBefore, c.NotAfter = now.AddDate(0, 0, 1), now.AddDate(1, 0, 0) }), between), logo.Refused, "not valid before"},
		{"no purpose", file(change(func(c *x509.Certificate) { c.UnknownExtKeyUsage = nil }), between), logo.Refused, "mark certificate"},
		{"that of a web server", file(change(func(c *x509.Certificate) {
			c.UnknownExtKeyUsage, c.ExtKeyUsage = nil, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		}), between), logo.Refused, "mark certificate"},
		{"another domain", file(change(func(c *x509.Certificate) { c.DNSNames = []string{"example.org"} }), between), logo.Refused, "example.org"},
		{"a name below", file(change(func(c *x509.Certificate) { c.DNSNames = []string{"www.example.com"} }), between), logo.Refused, "www.example.com"},
		{"a wildcard", file(change(func(c *x509.Certificate) { c.DNSNames = []string{"*.example.com"} }), between), logo.Refused, "*.example.com"},
		{"a name that ends alike", file(change(func(c *x509.Certificate) { c.DNSNames = []string{"notexample.com"} }), between), logo.Refused, "notexample.com"},
		{"the common name only", file(change(func(c *x509.Certificate) { c.DNSNames, c.Subject.CommonName = nil, "example.com" }), between), logo.Refused, "no domain"},
		{"no logo", file(change(func(c *x509.Certificate) { c.ExtraExtensions = nil }), between), logo.Refused, "no logo"},
		{"a logo with a script", file(change(func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{logotype(strings.Replace(goodLogo, "<title>", "<script/><title>", 1))}
		}), between), logo.Refused, "script"},
		{"a logo that is none", file(change(func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{logotype("hello")} }), between), logo.Refused, "no SVG"},
		{"two faults", file(change(func(c *x509.Certificate) {
			c.DNSNames, c.NotBefore, c.NotAfter = []string{"example.org"}, now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0)
		}), between), logo.Refused, "example.org"},
		{"signed by another", file(good, other), logo.Refused, "signature"},
		{"without its issuer", file(good), logo.Disputed, "issuer"},
		{"with another issuer", file(good, root), logo.Disputed, "issuer"},
		{"an authority only", file(between), logo.Refused, "no mark certificate"},
		{"nothing", "", logo.Refused, "no certificate"},
		{"a page", "<!DOCTYPE html><html>Not found</html>", logo.Refused, "no certificate"},
		{"raw", string(good.certificate.Raw), logo.Refused, "no certificate"},
		{"half", strange[:300], logo.Refused, "no certificate"},
		{"a certificate that cannot be read", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", logo.Disputed, "cannot be read"},
		{"a thousand of them", strings.Repeat("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 1000), logo.Disputed, "cannot be read"},
	} {
		got := Check([]byte(test.text), []string{"example.com"}, now)
		says := ""
		for _, f := range got.Faults {
			says += f.Says + "; "
		}
		if got.Worst() != test.want || !strings.Contains(says, test.says) {
			t.Errorf("%s: %s (%s), want %s with %q", test.name, got.Worst(), says, test.want, test.says)
		}
	}
	// The mark of an organisation serves the names below it.
	if got := Check([]byte(file(good, between)), []string{"news.example.com", "example.com"}, now); got.Worst() != 0 || got.Ends.IsZero() {
		t.Errorf("below: %v, ends %s", got.Faults, got.Ends)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		// Nobody can make a sound one by chance.
		if got := Check(data, []string{"example.com"}, now); got.Worst() == 0 {
			t.Errorf("%q is called sound", data)
		}
	})
}
