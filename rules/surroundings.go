package rules

import (
	"slices"
	"strings"

	"mxverdict/verify/facts"
)

// surroundings are the subjects to which the names of one report lead. A report may have thousands of rows about a name, and a name
// thousands of addresses; sorted once they cost their sum, looked through anew for each row their product.
// It knows no rule and judges nothing.
type surroundings struct {
	set       *facts.Set
	sorted    map[leading]map[string][]facts.Subject // by what a row names of them; all of them under ""
	answering map[string][]facts.Subject             // by target
}

// leading is a name of the report and the kind of subject to which it leads.
type leading struct {
	target string
	kind   facts.SubjectKind
}

// around begins with nothing sorted: what no row asks for costs nothing. It is for one judgement, and not for several goroutines.
func around(set *facts.Set) *surroundings {
	return &surroundings{set: set, sorted: map[leading]map[string][]facts.Subject{}, answering: map[string][]facts.Subject{}}
}

// views are the subjects to which a target leads, at the address, name server or block list that a row names, or all of them for "".
func (s *surroundings) views(target string, kind facts.SubjectKind, named string) []facts.Subject {
	from := leading{target, kind}
	sorted, ok := s.sorted[from]
	if !ok {
		sorted = map[string][]facts.Subject{}
		for _, v := range s.set.Views(target, kind) {
			sorted[""] = append(sorted[""], v)
			place, _, _ := strings.Cut(v.At, " ") // of a server its name, whose addresses are all meant
			if kind == facts.Listing {
				place = v.List
			}
			if place != "" {
				sorted[place] = append(sorted[place], v)
			}
		}
		s.sorted[from] = sorted
	}
	return sorted[named]
}

// maxServers bounds the name servers for which one command is given. A reader tries one command or two; more would hide them.
const maxServers = 4

// servers are the first name servers of a target's zone that answered with authority when they were asked, those of IPv4 before others:
// a command that asks one of the others would show the reader nothing.
func (s *surroundings) servers(target string) []facts.Subject {
	servers, ok := s.answering[target]
	if !ok {
		for _, v := range s.views(target, facts.Server, "") {
			if answered, _ := s.set.Get(facts.DNSSOAAnswered, v); answered.Value.Bool() {
				servers = append(servers, v)
			}
		}
		slices.SortStableFunc(servers, byFamily)
		servers = slices.Clip(servers[:min(len(servers), maxServers)])
		s.answering[target] = servers
	}
	return servers
}
