package facts

import "time"

// Known is what is known of one thing: a value, perhaps only as a lower bound, or why there is none; and where that was seen. It
// becomes a fact once it has a name. The zero Known is unknown, of which nothing is said yet.
type Known struct {
	Value    Value
	AtLeast  bool      // our own limit ended the wait, or the count: the true value is Value or more
	Why      Unknown   // why Value is no value
	At       time.Time // when it was seen
	Evidence string    // where in the evidence it stands, for people: "session 1, greeting"
}

// Yes is a known yes.
func Yes() Known { return Truth(true) }

// No is a known no.
func No() Known { return Truth(false) }

// Truth is a known yes or no.
func Truth(b bool) Known { return Is(BoolValue(b)) }

// Is is a known value.
func Is(v Value) Known { return Known{Value: v} }

// AtLeast is a value of which only a lower bound is known.
func AtLeast(v Value) Known { return Known{Value: v, AtLeast: true} }

// Because is something that is not known, for a reason.
func Because(why Unknown) Known { return Known{Why: why} }

// Shown is yes where there is an example; that there is none is known only where nothing is open. A zero open says so.
func Shown(example bool, open Unknown) Known {
	if example {
		return Yes()
	}
	return No().Unless(open)
}

// Found tells whether there are examples of something, as Shown does, and which. A list of examples is known as soon as there is
// one, and may be longer.
func Found(examples []string, open Unknown) (some, which Known) {
	some = Shown(len(examples) > 0, open)
	which = Is(ListValue(examples))
	if len(examples) == 0 {
		which = which.Unless(open)
	}
	return some, which
}

// Known tells whether there is a value.
func (k Known) Known() bool { return k.Value.kind != None }

// IsYes tells whether it is known to be so. Who asks for the opposite wants IsNo.
func (k Known) IsYes() bool { return k.Value.kind == Bool && k.Value.b }

// IsNo tells whether it is known not to be so.
func (k Known) IsNo() bool { return k.Value.kind == Bool && !k.Value.b }

// Unless takes the value away where something speaks against it; a zero why does not. What is unknown already keeps its reason.
func (k Known) Unless(why Unknown) Known {
	if why.Code != "" && (k.Known() || k.Why.Code == "") {
		k.Value, k.AtLeast, k.Why = Value{}, false, why
	}
	return k
}

// Seen says when and where it was seen, unless that is said already.
func (k Known) Seen(at time.Time, evidence string) Known {
	if k.At.IsZero() && k.Evidence == "" {
		k.At, k.Evidence = at, evidence
	}
	return k
}

// As is the fact of that name. What is unknown always has a reason in it, and what is known has none.
func (k Known) As(name Name) Fact {
	f := Fact{Name: name, Value: k.Value, AtLeast: k.AtLeast, Why: k.Why, At: k.At, Evidence: k.Evidence}
	switch {
	case f.Known():
		f.Why = Unknown{}
	case f.Why.Code == "":
		f.Why = unmeasured
	}
	return f
}

// PutAs records the same about a subject under each of several names.
func (s *Set) PutAs(about Subject, k Known, names ...Name) {
	for _, name := range names {
		s.Put(about, k.As(name))
	}
}

// Not is the opposite of a yes or no. What is not known stays so, with its reason.
func Not(k Known) Known {
	if k.Value.kind == Bool {
		k.Value.b = !k.Value.b
	}
	return k
}

// Any is Kleene's "or": a yes decides; else what is not known leaves it open, the first of several; else it is no. Of nothing nothing
// is known: where nobody was asked, nobody said no.
func Any(ks ...Known) (last Known) {
	for _, k := range ks {
		if k.IsYes() {
			return k
		}
	}
	for _, k := range ks {
		if last = k; !k.IsNo() {
			return k
		}
	}
	return last
}

// All is Kleene's "and": a no decides; else what is not known leaves it open; else it is yes. By De Morgan's law, so that both
// treat what is unknown alike.
func All(ks ...Known) Known {
	opposites := make([]Known, len(ks))
	for i, k := range ks {
		opposites[i] = Not(k)
	}
	return Not(Any(opposites...))
}

// Agreed is what two say together; many are joined one after the other, beginning with the zero Known. What one of them does not know is
// not known, and neither is what they say differently, because of differ.
func Agreed(before, now Known, differ Unknown) Known {
	switch {
	case !before.Known() && before.Why.Code == "":
		return now
	case !before.Known():
		return before
	case now.Known() && !now.Value.Equal(before.Value):
		return now.Unless(differ)
	}
	return now
}
