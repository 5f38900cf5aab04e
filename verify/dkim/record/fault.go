package record

import (
	"fmt"
	"slices"
)

// Harm is what a fault in a record does, the worst last.
type Harm uint8

// What verifiers make of a fault.
const (
	Harmless Harm = iota + 1 // they pass over it
	Loose                    // the record departs from the format: some ignore it, many read it all the same
	Disputed                 // they read different things
	Unusable                 // none of them has a key here, or may use it
)

// String names the harm in one word, "fine" for none.
func (h Harm) String() string {
	return [...]string{"fine", "harmless", "loose", "disputed", "unusable"}[h]
}

// Fault is something in a record that is not as it should be.
type Fault struct {
	Column int    // where it stands, in bytes of the text from 1
	Token  string // what stands there; "" at the end of the text
	Says   string
	Harm   Harm
}

// maxFaults is how many faults of a record are kept. People mend the first few; a hostile record has thousands.
const maxFaults = 10

// maxToken is how many bytes of a token are shown.
const maxToken = 40

// String writes a fault for people: what, where, why. What cannot be seen is written as its code.
func (f Fault) String() string {
	token := f.Token
	if token == "" {
		return fmt.Sprintf("its end in column %d (%s)", f.Column, f.Says)
	}
	if len(token) > maxToken {
		token = token[:maxToken] + "..."
	}
	return fmt.Sprintf("%+q in column %d (%s)", token, f.Column, f.Says)
}

// faultOf keeps a fault in the value of a tag. Where the tag stands twice with different values, verifiers that read the other one do not
// meet it; and what a key is hangs on its type.
func (k *Key) faultOf(t Tag, f Fault) {
	if f.Harm > Disputed && (k.differs(t.Name) || t.Name == "p" && k.differs("k")) {
		f.Harm = Disputed
	}
	k.fault(f)
}

// differs tells whether a tag stands more than once, with different values.
func (k *Key) differs(name string) bool {
	first := k.tag(name)
	return first != nil && slices.ContainsFunc(k.Tags, func(t Tag) bool { return t.Name == name && !t.bare && t.Value != first.Value })
}

// fault keeps a fault. Of too many the last one gives way to a worse one.
func (k *Key) fault(f Fault) {
	k.worst = max(k.worst, f.Harm)
	switch last := len(k.Faults) - 1; {
	case len(k.Faults) < maxFaults:
		k.Faults = append(k.Faults, f)
	case f.Harm > k.Faults[last].Harm:
		k.Faults[last] = f
	}
}

// tell keeps a fault of a whole tag.
func (k *Key) tell(t Tag, says string, harm Harm) { k.faultOf(t, Fault{t.column, t.raw, says, harm}) }
