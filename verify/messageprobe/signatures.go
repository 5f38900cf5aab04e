package messageprobe

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/dkim"

	"mxverdict/verify/evidence"
)

// Keys gives the texts that the name servers have at the place of a key (RFC 6376 section 3.6.2.1); known is false where that is not known.
type Keys func(name string) (texts []string, known bool)

// maxKey bounds the text of a key. One of 4096 bits has 750 bytes.
const maxKey = 8 << 10

// keyUnknown is the error of a look-up whose answer is not known. The library knows temporary errors by the method.
type keyUnknown struct{ error }

func (keyUnknown) Timeout() bool   { return false }
func (keyUnknown) Temporary() bool { return true }

// Check checks the signatures of a message, at most evidence.MaxSignatures of them. A message that was not read whole has none checked.
func (m *Message) Check(keys Keys) []evidence.Check {
	checks := []evidence.Check{}
	// The library takes a line for a signature that is none here, such as one without a colon; what it said of one would be taken for
	// what it said of the next.
	if n := m.signatures(); !m.whole || n == 0 || n != m.taken() {
		return checks
	}
	lookup := func(name string) ([]string, error) {
		texts, known := keys(name)
		if !known {
			return nil, keyUnknown{errors.New("not known")}
		}
		if slices.ContainsFunc(texts, func(t string) bool { return len(t) > maxKey }) {
			return nil, errors.New("the key is too long")
		}
		return texts, nil
	}
	verified, err := dkim.VerifyWithOptions(bytes.NewReader(m.raw), &dkim.VerifyOptions{LookupTXT: lookup, MaxVerifications: evidence.MaxSignatures})
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) {
		return checks
	}
	for _, v := range verified {
		checks = append(checks, checkOf(v))
	}
	return checks
}

const signatureField = "DKIM-Signature"

// signatures is how many signatures were kept of a message.
func (m *Message) signatures() (n int) {
	for _, f := range m.kept.Fields {
		if strings.EqualFold(f.Name, signatureField) {
			n++
		}
	}
	return n
}

// taken is how many lines of the header the library takes for signatures.
func (m *Message) taken() (n int) {
	header, _, _ := bytes.Cut(m.raw, []byte("\r\n\r\n"))
	for i, line := range bytes.Split(header, []byte("\r\n")) {
		name, _, _ := bytes.Cut(line, []byte(":"))
		if begins := i == 0 || len(line) > 0 && line[0] != ' ' && line[0] != '\t'; begins && strings.EqualFold(string(bytes.TrimSpace(name)), signatureField) {
			n++
		}
	}
	return n
}

// problems are the words of the library by which its errors are told apart, the most particular first: it has no other sign for them. A
// test checks a message of each kind.
var problems = []struct {
	says   string
	result evidence.CheckResult
}{
	{"key record", evidence.UnusableKey},
	{"query method", evidence.Unverifiable},
	{"malformed", evidence.Unverifiable},
	{"body hash", evidence.BodyDiffers},
	{"signature did not verify", evidence.WrongSign},
	{"key unavailable", ""},
	{"inappropriate", evidence.UnusableKey},
	{"no key for signature", evidence.UnusableKey},
	{"no valid key", evidence.UnusableKey},
	{"multiple TXT records", evidence.UnusableKey},
	{"key syntax", evidence.UnusableKey},
	{"key revoked", evidence.UnusableKey},
	{"key is too short", evidence.UnusableKey},
	{"key algorithm", evidence.UnusableKey},
	{"public key", evidence.UnusableKey},
}

// checkOf classes what the library says of a signature.
func checkOf(v *dkim.Verification) evidence.Check {
	if v.Err == nil {
		return evidence.Check{Result: evidence.Verifies}
	}
	says := strings.TrimPrefix(v.Err.Error(), "dkim: ")
	// Letter case does not count in the names of domains (RFC 4343), and to the library it does: it looked no further.
	if _, agent, _ := cutLast(strings.ToLower(v.Identifier), "@"); strings.HasPrefix(says, "domain mismatch") &&
		strings.HasSuffix("."+agent, "."+strings.ToLower(v.Domain)) {
		return evidence.Check{Problem: says}
	}
	for _, p := range problems {
		if strings.Contains(says, p.says) {
			return evidence.Check{Result: p.result, Problem: says}
		}
	}
	if dkim.IsTempFail(v.Err) {
		return evidence.Check{Problem: says}
	}
	return evidence.Check{Result: evidence.Unverifiable, Problem: says}
}
