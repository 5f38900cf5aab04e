package mailpolicy

import "fmt"

// DMARCHarm is what a fault in a record does, the worst last.
type DMARCHarm uint8

// What receivers make of a fault (RFC 9989 sections 4.7 and 4.10.1).
const (
	Harmless   DMARCHarm = iota + 1 // they pass over it, or take a default
	Older                           // those of RFC 9989 do not mind; those of RFC 7489 may
	LostReport                      // an address cannot be used, so that reports for it go nowhere
	ReadAsNone                      // they read the record as p=none
	Disputed                        // RFC 9989 can be read either way
	Repeated                        // a tag stands twice: the record is invalid, and some read it all the same
	Ignored                         // they ignore the record
)

// String names the harm in one word, "fine" for none.
func (h DMARCHarm) String() string {
	return [...]string{"fine", "harmless", "older", "reports", "none", "disputed", "repeated", "ignored"}[h]
}

// DMARCFault is something in a record that is not as it should be.
type DMARCFault struct {
	Column int    // where it stands, in bytes of the text from 1
	Token  string // what stands there; "" at the end of the text
	Says   string
	Harm   DMARCHarm
}

// maxDMARCFaults is how many faults of a record are kept. People mend the first few; a hostile record has thousands.
const maxDMARCFaults = 10

// maxToken is how many bytes of a token are shown.
const maxToken = 60

// String writes a fault for people: what, where, why. What cannot be seen is written as its code.
func (f DMARCFault) String() string { return placed(f.Token, f.Column, f.Says) }

// placed writes what is wrong at a place of a text. No token stands at its end.
func placed(token string, column int, says string) string {
	if token == "" {
		return fmt.Sprintf("its end in column %d (%s)", column, says)
	}
	if len(token) > maxToken {
		token = token[:maxToken] + "..."
	}
	return fmt.Sprintf("%+q in column %d (%s)", token, column, says)
}

// Worst is the worst harm that the faults of a record do; 0 for none.
func (r DMARC) Worst() DMARCHarm { return r.worst }

// fault keeps a fault. Of too many the last one gives way to a worse one.
func (r *DMARC) fault(f DMARCFault) {
	r.worst = max(r.worst, f.Harm)
	switch last := len(r.Faults) - 1; {
	case len(r.Faults) < maxDMARCFaults:
		r.Faults = append(r.Faults, f)
	case f.Harm > r.Faults[last].Harm:
		r.Faults[last] = f
	}
}

// tell keeps a fault of a whole tag.
func (r *DMARC) tell(tag DMARCTag, says string, harm DMARCHarm) {
	r.fault(DMARCFault{tag.column, tag.raw, says, harm})
}
