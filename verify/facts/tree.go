package facts

// This file holds pictures for people of what facts say in single words; conditions look at facts.

// Delegation is how the zone that holds a name was found: the zones from the root down, and what their servers said.
type Delegation struct {
	By    string           `json:"by"`    // "walk", or "resolver" where no root server could be asked
	Zones []DelegationZone `json:"zones"` // from the root, or only the last one if the resolver was asked
}

// DelegationZone is one zone on the way and those of its servers that were asked.
type DelegationZone struct {
	Zone    string             `json:"zone"`
	Servers []DelegationServer `json:"servers"`
}

// DelegationServer is what a server said of the next zone, or, one of the last zone, of that zone itself.
type DelegationServer struct {
	Name    string   `json:"name"`
	Address string   `json:"address"`
	Says    Says     `json:"says"`
	Names   []string `json:"names"`  // the name servers that it names
	Glue    []string `json:"glue"`   // addresses that it hands out for these: "ns1.example.com 192.0.2.53"
	Detail  string   `json:"detail"` // why it says nothing else, or ""
	RTT     float64  `json:"rtt"`    // seconds until its answer; 0 without one
}

// Says is what a server does when it is asked for a zone.
type Says string

// What servers say.
const (
	SaysRefers Says = "refers" // names the servers of the zone below
	SaysServes Says = "serves" // answers for the zone with authority
	SaysLame   Says = "lame"   // answers otherwise, at each of several tries
	SaysSilent Says = "silent" // does not answer, at each of several tries
	SaysOther  Says = "other"  // none of these could be shown
)

// PutDelegation records how the zone of a name of the report was found.
func (s *Set) PutDelegation(target string, d Delegation) {
	if s.delegations == nil {
		s.delegations = map[string]Delegation{}
	}
	s.delegations[target] = d
}

// Delegation returns what PutDelegation recorded.
func (s *Set) Delegation(target string) (Delegation, bool) {
	d, ok := s.delegations[target]
	return d, ok
}

// SPFTree is an SPF record with all that it includes, each record before those that it includes.
type SPFTree []SPFBranch

// SPFBranch is one record in the tree.
type SPFBranch struct {
	Depth   int      `json:"depth"`   // 0 for the record itself
	Term    string   `json:"term"`    // the term that led here; "" for the record itself
	Name    string   `json:"name"`    // where the record stands
	Lookups int      `json:"lookups"` // that of the term, and all below
	Says    SPFState `json:"says"`
}

// SPFState is what is known of a record in the tree.
type SPFState string

// What is known. Of the first two the look-ups are counted, with all below.
const (
	SPFSound   SPFState = "sound"   // a record within the grammar
	SPFFaulty  SPFState = "faulty"  // a term breaks the grammar, and does not count
	SPFAgain   SPFState = "again"   // it was drawn above, and counts again
	SPFAround  SPFState = "around"  // it leads back to where it came from
	SPFNone    SPFState = "none"    // there is no SPF record
	SPFSeveral SPFState = "several" // there is more than one
	SPFOpen    SPFState = "unknown"
	SPFCut     SPFState = "cut" // the tree is larger, and is not drawn from here on
)

// PutSPFTree records the tree of a name of the report.
func (s *Set) PutSPFTree(target string, t SPFTree) {
	if s.spfTrees == nil {
		s.spfTrees = map[string]SPFTree{}
	}
	s.spfTrees[target] = t
}

// SPFTree returns what PutSPFTree recorded; nil if nothing was.
func (s *Set) SPFTree(target string) SPFTree { return s.spfTrees[target] }
