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
	if !m.whole || !m.signed() {
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
		checks = append(checks, checkOf(v.Err))
	}
	return checks
}

// signed tells whether a message has a signature.
func (m *Message) signed() bool {
	return slices.ContainsFunc(m.kept.Fields, func(f evidence.HeaderField) bool { return strings.EqualFold(f.Name, "DKIM-Signature") })
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
func checkOf(err error) evidence.Check {
	if err == nil {
		return evidence.Check{Result: evidence.Verifies}
	}
	says := strings.TrimPrefix(err.Error(), "dkim: ")
	for _, p := range problems {
		if strings.Contains(says, p.says) {
			return evidence.Check{Result: p.result, Problem: says}
		}
	}
	if dkim.IsTempFail(err) {
		return evidence.Check{Problem: says}
	}
	return evidence.Check{Result: evidence.Unverifiable, Problem: says}
}
