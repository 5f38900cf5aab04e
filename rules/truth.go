package rules

import "encoding/json"

// Truth is three-valued (Kleene) logic. The zero value is Unknown.
// It is what every judgement begins with, so that a claim that nobody looked at can never come out as decided.
type Truth uint8

// The truth values.
const (
	Unknown Truth = iota
	False
	True
)

// TruthOf turns a Go bool into a known truth.
func TruthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}

// Not negates; the negation of Unknown is Unknown.
func (t Truth) Not() Truth {
	switch t {
	case True:
		return False
	case False:
		return True
	}
	// What nobody saw is no less unseen when the opposite is asked: a timeout must never prove anything by way of a "not".
	return Unknown
}

// And is False if either is False, else Unknown if either is Unknown. One False is enough, whatever else is not known: an unknown
// cannot save a claim that has failed.
func (t Truth) And(u Truth) Truth {
	switch {
	case t == False || u == False:
		return False
	case t == Unknown || u == Unknown:
		return Unknown
	}
	return True
}

// Or is True if either is True, else Unknown if either is Unknown. By De Morgan's law, so that "and", "or" and "not" treat what is
// unknown alike.
func (t Truth) Or(u Truth) Truth { return t.Not().And(u.Not()).Not() }

// String is for trails and for tests.
func (t Truth) String() string { return [...]string{"unknown", "false", "true"}[t] }

// MarshalJSON writes true, false or null.
func (t Truth) MarshalJSON() ([]byte, error) {
	switch t {
	case True:
		return []byte("true"), nil
	case False:
		return []byte("false"), nil
	}
	// Not "unknown": a reader that takes the value for a Boolean must stumble here rather than take a word for true.
	return json.Marshal(nil)
}
