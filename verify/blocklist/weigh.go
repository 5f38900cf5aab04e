package blocklist

import (
	"cmp"
	"net/netip"
	"slices"

	"mxverdict/verify/facts"
)

// tests are the entries by which a list shows that it works, as they stand before its zone, and as people know them.
type tests struct{ there, notThere, thereText, notThereText string }

// The test entries of RFC 5782 section 5.
var (
	testsOfIPv4  = tests{"2.0.0.127", "1.0.0.127", "127.0.0.2", "127.0.0.1"}
	testsOfIPv6  = tests{reversed(netip.MustParseAddr("::ffff:7f00:2")), reversed(netip.MustParseAddr("::ffff:7f00:1")), "::FFFF:7F00:2", "::FFFF:7F00:1"}
	testsOfNames = tests{"test", "invalid", "TEST", "INVALID"}
)

// tests are those that go with an entry: of the family of an address, which a list may hold without the other, or of names.
func (l *List) tests(entry entry) tests {
	usual := testsOfNames
	switch {
	case entry.addr.Is4():
		usual = testsOfIPv4
	case entry.addr.IsValid():
		return testsOfIPv6
	}
	if own := l.Tests.There; own != "" {
		usual.there, usual.thereText = own, own
	}
	if own := l.Tests.NotThere; own != "" {
		usual.notThere, usual.notThereText = own, own
	}
	return usual
}

// allTests are the test entries by which the list may have been tested.
func (l *List) allTests() []tests {
	if l.Holds == facts.HoldsNames {
		return []tests{l.tests(entry{})}
	}
	return []tests{l.tests(entry{addr: netip.IPv4Unspecified()}), testsOfIPv6}
}

// heard is what one server of a list says: of the entry that must be there, of the one that must not, and of the one in question.
type heard struct {
	name                        string // of the server; several addresses of one are ways to the same copy of the list
	server                      string // for people
	there, notThere, inQuestion reply
}

// word is what all servers of a list say together.
type word struct {
	reply
	everything facts.Known // the list holds an entry for all there is
	server     int         // whose entry counts
}

// weigh weighs what servers say. A server is believed only where it gives the list's own test entries rightly. One entry is enough for
// yes; for no it takes two servers where the list has two, because the copies of a list differ for as long as it changes. all are the names
// of its servers, also of those that could not be asked, and unasked is why some were not.
func (l *List) weigh(t tests, servers []heard, all []string, unasked facts.Unknown) word {
	var yes, no []int
	world, why := false, facts.Unknown{}
	for i, h := range servers {
		everything, broken := h.works(t)
		world = world || everything
		broken.Code, broken.Detail = cmp.Or(broken.Code, h.inQuestion.why.Code), cmp.Or(broken.Detail, h.inQuestion.why.Detail)
		switch {
		case broken.Code != "" && why.Code == "":
			why = broken // the first, so that the same one is told each time
		case broken.Code != "":
		case h.inQuestion.listed:
			yes = append(yes, i)
		default:
			no = append(no, i)
		}
	}
	switch {
	case len(yes) > 0 && len(no) > 0:
		why = facts.Unknown{Code: facts.Disagreement, Detail: "the servers of the list contradict each other: " + servers[yes[0]].server + " has the entry, " +
			servers[no[0]].server + " has not"}
		return word{reply{why: why}, facts.No(), yes[0]}
	case len(yes) > 0:
		return word{servers[yes[0]].inQuestion, facts.No(), yes[0]}
	case len(no) > 0 && (len(namesOfServers(servers, no...)) > 1 || len(all) == 1):
		return word{servers[no[0]].inQuestion, facts.No(), no[0]}
	// Whoever still went by such a list would get no mail at all. Of one that many use, something here is more likely to be wrong.
	case world && len(no) == 0 && !l.many():
		return word{reply{why: why}, facts.Yes(), 0}
	case len(no) > 0 && why.Code == "":
		why = unasked
	case len(no) > 0 && why.Code == facts.ServFail:
		why.Detail = "only one of its servers says that there is no entry; " + why.Detail
	}
	return word{reply{why: why}, facts.Because(why), 0}
}

// namesOfServers are the different names of some servers, of all without numbers.
func namesOfServers(servers []heard, which ...int) (names []string) {
	for i, h := range servers {
		if (len(which) == 0 || slices.Contains(which, i)) && !slices.Contains(names, h.name) {
			names = append(names, h.name)
		}
	}
	return names
}

// works tells whether a server gives the test entries rightly: why it is not believed, or the zero value; and whether that is because it
// holds everything.
func (h heard) works(t tests) (everything bool, why facts.Unknown) {
	switch {
	case !h.there.known():
		return false, h.there.why
	case !h.there.listed:
		return false, facts.Unknown{Code: facts.Ambiguous, Detail: "the list does not hold its own test entry " + t.thereText +
			" (RFC 5782 section 5): it was emptied, is broken, or refuses in silence"}
	case !h.notThere.known():
		return false, h.notThere.why
	case h.notThere.listed:
		return true, facts.Unknown{Code: facts.Ambiguous, Detail: "the list lists " + t.notThereText + " too, which must never be listed (RFC 5782 section 5): it lists everything"}
	}
	return false, facts.Unknown{}
}
