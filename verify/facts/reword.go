package facts

// Reword says otherwise why facts are not known: what f returns takes the place of each reason. The name is "" for the reason why
// a name of the report leads to no subject of a kind.
func (s *Set) Reword(f func(name Name, why Unknown) Unknown) {
	for _, known := range s.facts {
		for name, fact := range known {
			if !fact.Known() {
				fact.Why = f(name, fact.Why)
				known[name] = fact
			}
		}
	}
	for key, why := range s.none {
		s.none[key] = f("", why)
	}
}
