package mailpolicy

import (
	"cmp"
	"fmt"
	"slices"
)

// Harm is what a fault in a record or a policy does, the worst last.
type Harm uint8

// What readers make of a fault: receivers of mail of one in a DMARC record (RFC 9989 sections 4.7 and 4.10.1), senders of one in what
// MTA-STS and TLS-RPT publish (RFC 8461 and RFC 8460, section 3 of both). The zero value is none.
const (
	Harmless   Harm = iota + 1 // they pass over it, or take a default
	Older                      // those of RFC 9989 do not mind; those of RFC 7489 may
	LostReport                 // an address cannot be used, so that reports for it go nowhere
	ReadAsNone                 // they read the record as p=none
	Disputed                   // the standard can be read either way, or readers that are not strict do not mind
	Repeated                   // a tag stands twice: the record is invalid, and some read it all the same
	Ignored                    // they ignore the whole
)

// String names the harm in one word, "fine" for none.
func (h Harm) String() string {
	return [...]string{"fine", "harmless", "older", "reports", "none", "disputed", "repeated", "ignored"}[h]
}

// Fault is something in a record or a policy that is not as it should be.
type Fault struct {
	Column int    // where it stands, in bytes of the text from 1
	Token  string // what stands there; "" at the end of the text
	Says   string
	Harm   Harm
	Line   int // of a file, from 1; 0 for a record, which has no lines
}

// maxToken is how many bytes of a token are shown.
const maxToken = 60

// String writes a fault for people: what, where, why. What cannot be seen is written as its code.
func (f Fault) String() string {
	if f.Line > 0 {
		return located(f.Token, fmt.Sprintf("in line %d", f.Line), f.Says)
	}
	return placed(f.Token, f.Column, f.Says)
}

// placed writes what is wrong at a place of a text. No token stands at its end.
func placed(token string, column int, says string) string {
	return located(token, fmt.Sprintf("in column %d", column), says)
}

func located(token, where, says string) string {
	if token == "" {
		return "its end " + where + " (" + says + ")"
	}
	if len(token) > maxToken {
		token = token[:maxToken] + "..."
	}
	return fmt.Sprintf("%+q %s (%s)", token, where, says)
}

// Faults are what is wrong with something, the worst first.
type Faults []Fault

// maxFaults is how many faults are kept. People mend the first few; a hostile text has thousands.
const maxFaults = 10

// Worst is the worst harm that they do; 0 for none.
func (fs Faults) Worst() Harm {
	if len(fs) == 0 {
		return 0
	}
	return fs[0].Harm
}

// add keeps a fault, behind those that are as bad. Of too many the last one goes.
func (fs *Faults) add(f Fault) {
	at, _ := slices.BinarySearchFunc(*fs, f, func(before, f Fault) int {
		return cmp.Or(cmp.Compare(f.Harm, before.Harm), -1)
	})
	*fs = slices.Insert(*fs, at, f)
	*fs = (*fs)[:min(len(*fs), maxFaults)]
}
