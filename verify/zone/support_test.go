package zone

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// factsOf derives the facts of this topic.
func factsOf(b *evidence.Bundle) *facts.Set { return scene.Facts(b, Derive) }

// zoneTest is a situation and what is known of it, by name of the fact.
type zoneTest struct {
	name  string
	scene *scene.Zone
	want  map[facts.Name]string
}

func (test zoneTest) run(t *testing.T) {
	t.Helper()
	set := factsOf(&test.scene.Bundle)
	for name, want := range test.want {
		scene.WantAbout(t, test.name, set, scene.ZoneSubject, name, want)
	}
	scene.WantAlone(t, test.name, &test.scene.Bundle, Derive)
}
