package facts

// Delegation is how the zone that holds a name was found: the zones from the root down, and what their servers said. It is
// a picture for people; conditions look at facts.
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
