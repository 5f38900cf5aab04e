package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// Opinions is the table of who recommends what, and of what providers give to the zones that they host.
// It never decides a verdict. It shows a reader that tastes differ, and by whom the value was chosen that a reporter calls wrong.
type Opinions struct {
	Fields      []OpinionField
	Authorities []Authority
	Providers   []Provider
}

// OpinionField is something that there are opinions about: the rule that judges it and the fact that measures it.
type OpinionField struct {
	Name, Rule string
	Fact       facts.Name

	file string // where a mistake in it is to be mended
}

// Authority is somebody with opinions: a standard, a registry or a tester.
// Class is that of a Requirement; Seen is the year and month in which Source was last read, since people change their minds.
type Authority struct {
	Name, Class, Source, Seen string
	Stances                   map[string]Stance // by field
}

// Stance is what an authority says about one field.
type Stance struct {
	Min, Max facts.Value // durations; no value: no such bound
	Styles   []string    // of serials
	Says     string      // in words
}

// Provider is a DNS service with the values that it gives to its customers' zones.
// Source and Seen are as of an Authority: what is said of a company has to be checkable.
type Provider struct {
	Name, Source, Seen string
	Servers            []string               // patterns of the names of its name servers
	Values             map[string]facts.Value // by field
	Changeable         string                 // yes, no or unknown: can most customers change them?
	Anycast            string                 // who says that its name servers' addresses are announced from many places, and when; or ""
}

// The YAML shape of the table. Authorities and providers stay nodes, so that a mistake in one is told with its line.
type opinionsFile struct {
	Schema      string               `yaml:"schema"`
	Fields      map[string]fieldSpec `yaml:"fields"`
	Authorities []yaml.Node          `yaml:"authorities"`
	Providers   []yaml.Node          `yaml:"providers"`
}

// fieldSpec is a field in YAML.
type fieldSpec struct {
	Rule string     `yaml:"rule"`
	Fact facts.Name `yaml:"fact"`
}

// authoritySpec is an authority in YAML.
type authoritySpec struct {
	Name    string                `yaml:"name"`
	Class   string                `yaml:"class"`
	Source  string                `yaml:"source"`
	Seen    string                `yaml:"seen"`
	Stances map[string]stanceSpec `yaml:"stances"`
}

// stanceSpec is a stance in YAML: bounds, styles or words, and at least one of them.
type stanceSpec struct {
	Min    yaml.Node `yaml:"min"`
	Max    yaml.Node `yaml:"max"`
	Styles []string  `yaml:"styles"`
	Says   string    `yaml:"says"`
}

// providerSpec is a provider in YAML, with a key for each field instead of a list, since the fields are those of the SOA record (RFC 1035
// section 3.3.13).
type providerSpec struct {
	Name       string    `yaml:"name"`
	Servers    []string  `yaml:"servers"`
	Serial     yaml.Node `yaml:"serial"`
	Refresh    yaml.Node `yaml:"refresh"`
	Retry      yaml.Node `yaml:"retry"`
	Expire     yaml.Node `yaml:"expire"`
	Minimum    yaml.Node `yaml:"minimum"`
	Changeable string    `yaml:"changeable"`
	Anycast    string    `yaml:"anycast"`
	Source     string    `yaml:"source"`
	Seen       string    `yaml:"seen"`
}

const opinionsSchema = "mxverdict/opinions/1"

// load adds what a file holds to the table: a folder of one's own adds authorities and providers.
func (o *Opinions) load(file string, data []byte) error {
	var spec opinionsFile
	var m strict.Mistakes
	if unread := m.Add(strict.Decode(file, data, &spec)); spec.Schema != opinionsSchema && !(unread && spec.Schema == "") {
		return &strict.Error{File: file, Line: 1, Says: "schema must be " + opinionsSchema}
	}
	for _, name := range sortedKeys(spec.Fields) {
		field := spec.Fields[name]
		if _, ok := facts.Define(field.Fact); !ok {
			m.Add(&strict.Error{File: file, Line: 1, Says: fmt.Sprintf("field %s: unknown fact %q%s", name, field.Fact, strict.Suggest(string(field.Fact), factNames()))})
		}
		if o.field(name) != nil {
			m.Add(&strict.Error{File: file, Line: 1, Says: "field " + name + " exists already"})
			continue
		}
		o.Fields = append(o.Fields, OpinionField{name, field.Rule, field.Fact, file})
	}
	for i := range spec.Authorities {
		m.Add(o.loadAuthority(file, &spec.Authorities[i]))
	}
	for i := range spec.Providers {
		m.Add(o.loadProvider(file, &spec.Providers[i]))
	}
	return m.Err()
}

// about is the field that a rule judges, or nil.
func (o *Opinions) about(rule string) *OpinionField {
	i := slices.IndexFunc(o.Fields, func(f OpinionField) bool { return f.Rule == rule })
	if i < 0 {
		return nil
	}
	return &o.Fields[i]
}

// field is a field by its name, or nil.
func (o *Opinions) field(name string) *OpinionField {
	i := slices.IndexFunc(o.Fields, func(f OpinionField) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &o.Fields[i]
}

// fieldNames is the list from which suggestions are taken.
func (o *Opinions) fieldNames() []string {
	var names []string
	for _, f := range o.Fields {
		names = append(names, f.Name)
	}
	return names
}

// loadAuthority reads an authority. A second one of the same name is a mistake: the table would show one voice as two.
func (o *Opinions) loadAuthority(file string, node *yaml.Node) error {
	var spec authoritySpec
	var m strict.Mistakes
	shaped := !m.Add(strict.DecodeNode(file, node, &spec))
	a := Authority{Name: spec.Name, Class: spec.Class, Source: spec.Source, Seen: spec.Seen, Stances: map[string]Stance{}}
	if shaped {
		if a.Name == "" || a.Source == "" || a.Seen == "" {
			m.Add(strict.Errorf(file, node, "every authority needs name, class, source and seen"))
		}
		if !slices.Contains([]string{"M", "S", "O", "A"}, a.Class) {
			m.Add(strict.Errorf(file, node, "%s: class %q is none of M, S, O, A", a.Name, a.Class))
		}
	}
	if slices.ContainsFunc(o.Authorities, func(b Authority) bool { return b.Name == a.Name }) {
		m.Add(strict.Errorf(file, node, "authority %q exists already", a.Name))
	}
	for _, name := range sortedKeys(spec.Stances) {
		field := o.field(name)
		if field == nil {
			m.Add(strict.Errorf(file, node, "%s: unknown field %q%s", a.Name, name, strict.Suggest(name, o.fieldNames())))
			continue
		}
		stance, err := loadStance(file, spec.Stances[name], field.Fact)
		if !m.Add(err) && stance.Min.Kind() == facts.None && stance.Max.Kind() == facts.None && len(stance.Styles) == 0 && stance.Says == "" {
			m.Add(strict.Errorf(file, node, "%s: its stance on %s is empty", a.Name, name))
		}
		a.Stances[name] = stance
	}
	o.Authorities = append(o.Authorities, a)
	return m.Err()
}

// loadStance reads the bounds of a stance in the unit of the fact, so that they can be compared with what is measured.
func loadStance(file string, spec stanceSpec, fact facts.Name) (s Stance, err error) {
	var m strict.Mistakes
	s.Says, s.Styles = spec.Says, spec.Styles
	def, _ := facts.Define(fact)
	if spec.Min.Kind != 0 {
		s.Min, err = parseValue(file, &spec.Min, def.Kind)
		m.Add(err)
	}
	if spec.Max.Kind != 0 {
		s.Max, err = parseValue(file, &spec.Max, def.Kind)
		m.Add(err)
	}
	return s, m.Err()
}

// loadProvider reads a provider, whose patterns must be able to match: names of servers are compared in lower case and without the
// final dot (RFC 4343, RFC 1034 section 3.1).
func (o *Opinions) loadProvider(file string, node *yaml.Node) error {
	var spec providerSpec
	var m strict.Mistakes
	shaped := !m.Add(strict.DecodeNode(file, node, &spec))
	p := Provider{Name: spec.Name, Servers: spec.Servers, Changeable: spec.Changeable, Anycast: spec.Anycast, Source: spec.Source, Seen: spec.Seen, Values: map[string]facts.Value{}}
	if shaped {
		if p.Name == "" || len(p.Servers) == 0 || p.Source == "" || p.Seen == "" {
			m.Add(strict.Errorf(file, node, "every provider needs name, servers, source and seen"))
		}
		if !slices.Contains([]string{"yes", "no", "unknown"}, p.Changeable) {
			m.Add(strict.Errorf(file, node, "%s: changeable %q is none of yes, no, unknown", p.Name, p.Changeable))
		}
	}
	if slices.ContainsFunc(o.Providers, func(q Provider) bool { return q.Name == p.Name }) {
		m.Add(strict.Errorf(file, node, "provider %q exists already", p.Name))
	}
	for _, pattern := range p.Servers {
		if _, err := path.Match(pattern, ""); err != nil || strings.Contains(pattern, "/") || pattern != strings.ToLower(strings.Trim(pattern, ".")) {
			m.Add(strict.Errorf(file, node, "%s: %q is no pattern of host names in lower case, such as ns*.example.com", p.Name, pattern))
		}
	}
	values := map[string]*yaml.Node{"serial": &spec.Serial, "refresh": &spec.Refresh, "retry": &spec.Retry, "expire": &spec.Expire,
		"minimum": &spec.Minimum}
	for _, name := range sortedKeys(values) {
		field := o.field(name)
		// A provider of which a value is not known is listed without it.
		if values[name].Kind == 0 || field == nil {
			continue
		}
		def, _ := facts.Define(field.Fact)
		parsed, err := parseValue(file, values[name], def.Kind)
		m.Add(err)
		p.Values[name] = parsed
	}
	o.Providers = append(o.Providers, p)
	return m.Err()
}

// hosts tells whether all of a zone's name servers are the provider's. Patterns are compared label by label.
// The names are those in the zone itself, in any case.
func (p Provider) hosts(servers []string) bool {
	// A "*" stands for a part of one label only: else ns*.example.com would hold ns.attacker.example.com too, whose zone is another's.
	labels := func(name string) string { return strings.ReplaceAll(name, ".", "/") }
	stranger := func(server string) bool {
		return !slices.ContainsFunc(p.Servers, func(pattern string) bool {
			ok, err := path.Match(labels(pattern), labels(strings.ToLower(server)))
			return ok && err == nil
		})
	}
	// One server of somebody else, and the zone is not all the provider's: who runs that one follows his own habits.
	return len(servers) > 0 && !slices.ContainsFunc(servers, stranger)
}

// anycast tells whether all name servers of a zone belong to one provider of whom that is known.
// Servers of two such providers do not count, although each of them would: nothing is known of how they are spread together.
func (o *Opinions) anycast(v View) bool {
	servers, _ := v.Set.Get(facts.DNSZoneServers, v.Subjects...)
	return slices.ContainsFunc(o.Providers, func(p Provider) bool { return p.Anycast != "" && p.hosts(servers.Value.List()) })
}

// Span writes the bounds of a stance for people, or "".
func (s Stance) Span() string {
	lower, upper := s.Min.Kind() != facts.None, s.Max.Kind() != facts.None
	switch {
	// A single value reads better than a span of one.
	case lower && upper && s.Min.Equal(s.Max):
		return s.Min.String()
	case lower && upper:
		return s.Min.String() + " to " + s.Max.String()
	case lower:
		return "at least " + s.Min.String()
	case upper:
		return "at most " + s.Max.String()
	}
	return ""
}

// agrees tells whether a value lies within a stance; unknown where there is nothing to compare.
func (s Stance) agrees(v facts.Value) Truth {
	switch {
	case v.Kind() == facts.None:
		return Unknown
	// Serials are compared by their style: RFC 1912 section 2.2 recommends one, and no number is better than another.
	case len(s.Styles) > 0:
		return TruthOf(slices.Contains(s.Styles, v.Text()))
	case s.Span() == "":
		return Unknown
	}
	return TruthOf((s.Min.Kind() == facts.None || magnitude(v) >= magnitude(s.Min)) &&
		(s.Max.Kind() == facts.None || magnitude(v) <= magnitude(s.Max)))
}

// beyond tells whether all that a stance recommends lies outside of a reporter's span.
// Then whoever follows that authority cannot please the reporter: the strongest argument in a ticket.
func (s Stance) beyond(least, most facts.Value) bool {
	above := s.Min.Kind() != facts.None && most.Kind() == s.Min.Kind() && magnitude(s.Min) > magnitude(most)
	below := s.Max.Kind() != facts.None && least.Kind() == s.Max.Kind() && magnitude(s.Max) < magnitude(least)
	return above || below
}

// addOpinions lists, beside a policy disagreement, who says what about the value, and whose default it is.
// They come in the order of the table, the provider's first: that explains why the value is as it is.
func (cl *claim) addOpinions(v *Verdict) {
	table := cl.catalogue.opinions
	field := table.about(cl.rule.ID)
	// Beside a fault that is confirmed, who else tolerates it is no comfort; beside a false positive there is nothing to differ about.
	if v.Verdict != PolicyDisagreement || !slices.Contains(cl.rule.Shows, showOpinions) || field == nil {
		return
	}
	view := cl.decisive().view
	measured, _ := view.Set.Get(field.Fact, view.Subjects...)
	if !measured.Known() {
		return
	}
	servers, _ := view.Set.Get(facts.DNSZoneServers, view.Subjects...)
	// What the provider gives to every zone that it hosts is no mistake of this customer.
	for _, p := range table.Providers {
		value, ok := p.Values[field.Name]
		if !ok || !p.hosts(servers.Value.List()) {
			continue
		}
		v.Opinions = append(v.Opinions, Opinion{Who: p.Name, Kind: OpinionProvider, Says: providerSays(p, value),
			Agrees: TruthOf(value.Equal(measured.Value)), Source: p.Source, Seen: p.Seen})
	}
	// By the limits of the reporter who printed the row.
	least, most := cl.parameters["min"].Value, cl.parameters["max"].Value
	for _, a := range table.Authorities {
		stance, ok := a.Stances[field.Name]
		if !ok {
			continue
		}
		says := strings.Join(keepText(stance.Span(), stance.Says), ": ")
		if a.Class == "M" { // the whole range of the field says less than the words
			says = stance.Says
		}
		v.Opinions = append(v.Opinions, Opinion{Who: a.Name, Kind: OpinionAuthority, Class: a.Class, Says: says,
			Agrees: stance.agrees(measured.Value), Rejected: stance.beyond(least, most), Source: a.Source, Seen: a.Seen})
	}
}

// keepText leaves out the texts that are empty.
func keepText(texts ...string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}

// providerSays writes a provider's default for people.
func providerSays(p Provider, value facts.Value) string {
	says := "gives its zones " + value.String()
	if value.Kind() == facts.Text {
		says = "uses serials of the style " + strings.ReplaceAll(value.Text(), "_", " ")
	}
	switch p.Changeable {
	case "no":
		says += "; most of its customers cannot change it"
	case "yes":
		says += "; its customers can change it"
	}
	return says
}
