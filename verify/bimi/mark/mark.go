// Package mark reads the file of a mark certificate, by which mailbox providers believe that a logo belongs to a domain: a verified or a
// common mark certificate (draft-fetch-validation-vmc-wchuang, and the requirements that the BIMI group publishes for their issuers).
//
// It tells what stands in the certificate for everybody to see: dates, purpose, domains, logo, and whether the issuer's certificate beside
// it signed it. Whether that issuer is to be trusted it does not tell: each provider has a list of authorities of its own. It asks nobody
// whether the certificate was revoked.
package mark

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mxverdict/verify/bimi/logo"
)

var (
	// purpose is the extended key usage of mark certificates, id-kp-BrandIndicatorforMessageIdentification.
	purpose = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 31}
	// logotypes is the extension in which a certificate holds a logo (RFC 9399 section 4.1).
	logotypes = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 12}
)

const (
	// maxCertificates bounds how many certificates of a file are read; a chain has three.
	maxCertificates = 10
	// maxNames and maxName bound what is listed for people.
	maxNames = 5
	maxName  = 80
	// logoData begins a logo that a certificate holds (RFC 2397).
	logoData = "data:image/svg+xml"
)

// Checked is what is known of a mark certificate.
type Checked struct {
	Faults []logo.Fault
	Ends   time.Time // the last moment of its validity; zero where there is no certificate
}

// Worst is the worst harm that the faults do; 0 for none.
func (c Checked) Worst() (worst logo.Harm) {
	for _, f := range c.Faults {
		worst = max(worst, f.Harm)
	}
	return worst
}

// fault adds a fault.
func (c *Checked) fault(harm logo.Harm, format string, args ...any) {
	c.Faults = append(c.Faults, logo.Fault{Says: fmt.Sprintf(format, args...), Harm: harm})
}

// Check reads a file of PEM (RFC 7468): a mark certificate, and those of its issuers. One of the domains has to be named in it. at is when it
// was fetched.
func Check(data []byte, domains []string, at time.Time) (c Checked) {
	certificates, broken := parse(data)
	leaf := slices.IndexFunc(certificates, func(c *x509.Certificate) bool { return !c.IsCA })
	switch {
	case len(certificates) == 0 && broken == 0:
		c.fault(logo.Refused, "the file holds no certificate in the form PEM")
		return c
	// Others may be less strict than this reader.
	case leaf < 0 && broken > 0:
		c.fault(logo.Disputed, "the certificate cannot be read here")
		return c
	case leaf < 0:
		c.fault(logo.Refused, "the file holds certificates of authorities, and no mark certificate")
		return c
	}
	own := certificates[leaf]
	c.Ends = own.NotAfter
	c.dates(own, at)
	c.purpose(own)
	c.names(own, domains)
	c.logo(own)
	c.issuer(own, slices.Delete(certificates, leaf, leaf+1))
	return c
}

// parse reads the certificates of a file, and counts those that cannot be read. Words around them and other blocks are passed over.
func parse(data []byte) (certificates []*x509.Certificate, broken int) {
	for len(certificates)+broken < maxCertificates {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		if one, err := x509.ParseCertificate(block.Bytes); err == nil {
			certificates = append(certificates, one)
		} else {
			broken++
		}
	}
	return certificates, broken
}

// dates looks whether the certificate is in date.
func (c *Checked) dates(own *x509.Certificate, at time.Time) {
	const layout = "2006-01-02"
	switch {
	case at.After(own.NotAfter):
		c.fault(logo.Refused, "it expired on %s", own.NotAfter.UTC().Format(layout))
	case at.Before(own.NotBefore):
		c.fault(logo.Refused, "it is not valid before %s", own.NotBefore.UTC().Format(layout))
	}
}

// purpose looks whether it was issued for this at all.
func (c *Checked) purpose(own *x509.Certificate) {
	if !slices.ContainsFunc(own.UnknownExtKeyUsage, purpose.Equal) {
		c.fault(logo.Refused, "it is no mark certificate: the extended key usage %s is missing", purpose)
	}
}

// names looks whether it names one of the domains, or the place of the record of one. A wildcard counts for nothing here.
func (c *Checked) names(own *x509.Certificate, domains []string) {
	for _, d := range domains {
		for _, name := range own.DNSNames {
			name = strings.ToLower(strings.TrimSuffix(name, "."))
			if name == d || strings.HasSuffix(name, "._bimi."+d) {
				return
			}
		}
	}
	if len(own.DNSNames) == 0 {
		c.fault(logo.Refused, "it names no domain")
		return
	}
	var list []string
	for _, name := range own.DNSNames[:min(len(own.DNSNames), maxNames)] {
		list = append(list, shown(name))
	}
	c.fault(logo.Refused, "it is for %s, and not for %s", strings.Join(list, ", "), strings.Join(domains, " or "))
}

// shown writes a name of the certificate so that nothing in it is unseen.
func shown(name string) string {
	quoted := strconv.QuoteToASCII(name[:min(len(name), maxName)])
	return quoted[1 : len(quoted)-1]
}

// logo looks at the logo in the certificate, which is the one that receivers show.
func (c *Checked) logo(own *x509.Certificate) {
	for _, e := range own.Extensions {
		if !e.Id.Equal(logotypes) {
			continue
		}
		if drawing := embedded(e.Value); drawing != nil {
			for _, f := range logo.Check(drawing, false).Faults {
				c.fault(f.Harm, "the logo in it: %s", f.Says)
			}
		}
		return // a logo that stands there by its address only cannot be looked at
	}
	c.fault(logo.Refused, "it holds no logo")
}

// embedded is the logo that stands in an extension as a data URI (RFC 9399 section 4.1); nil where none can be found. The text is looked for
// instead of reading the whole structure, which has many forms that nobody uses.
func embedded(value []byte) []byte {
	i := bytes.Index(value, []byte(logoData))
	if i < 0 {
		return nil
	}
	head, data, found := bytes.Cut(value[i:], []byte(","))
	if !found || !bytes.HasSuffix(head, []byte(";base64")) {
		return nil
	}
	// What follows in the structure is none of the alphabet, or is caught by the decoder.
	end := bytes.IndexFunc(data, func(r rune) bool {
		return !(r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '+' || r == '/' || r == '=')
	})
	if end >= 0 {
		data = data[:end]
	}
	drawing, err := base64.StdEncoding.DecodeString(string(data))
	if err != nil {
		return nil
	}
	return drawing
}

// issuer looks whether the file holds the certificate of the issuer, which receivers need on the way to an authority that they trust.
func (c *Checked) issuer(own *x509.Certificate, others []*x509.Certificate) {
	named := false
	for _, other := range others {
		if !bytes.Equal(own.RawIssuer, other.RawSubject) {
			continue
		}
		if own.CheckSignatureFrom(other) == nil {
			return
		}
		named = true
	}
	if named {
		c.fault(logo.Refused, "its signature is not that of the issuer whose certificate stands beside it")
		return
	}
	c.fault(logo.Disputed, "the certificate of its issuer does not stand beside it, which some receivers need")
}
