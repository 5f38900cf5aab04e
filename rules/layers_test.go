package rules

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"mxverdict/rules/internal/strict"
)

// shippedFile reads one of the embedded files.
func shippedFile(t *testing.T, name string) string {
	t.Helper()
	data, err := fs.ReadFile(Shipped(), name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// changed is the text with a part replaced that must be there.
func changed(t *testing.T, text, from, to string) string {
	t.Helper()
	if !strings.Contains(text, from) {
		t.Fatalf("there is no %q to change", from)
	}
	return strings.Replace(text, from, to, 1)
}

// A copy of the embedded files, used as a folder, changes nothing: the catalogue has the same digest.
func TestCopyOfTheEmbeddedFiles(t *testing.T) {
	c, err := Load(Shipped())
	if err != nil {
		t.Fatal(err)
	}
	if want := load(t).Digest(); c.Digest() != want {
		t.Errorf("digest %s, want %s", c.Digest(), want)
	}
	if files, gone := c.Replaced(), c.Gone(); len(files) > 0 || len(gone) > 0 {
		t.Errorf("replaced %q, gone %q by copies that are equal", files, gone)
	}
	if n := len(c.Added()); n < 10 {
		t.Errorf("only %d files of the folder were read", n)
	}
	if _, replaced, err := LoadVocabulary(Shipped()); err != nil || len(replaced) > 0 {
		t.Errorf("replaced %q, %v", replaced, err)
	}
	if l := lint(t, Shipped()); len(l.Problems()) > 0 {
		t.Errorf("problems %v", l.Problems())
	}
}

// A file with the name of an embedded one takes its place; one with another name adds.
func TestFileTakesThePlaceOfItsName(t *testing.T) {
	const causes = `schema: mxverdict/causes/1
causes:
  - id: house
    about: House
    explains: [smtp/tls-missing]
    proven_when: {fact: smtp.greeting.latency, above: $patience}
    says: It waits {smtp.greeting.latency}.
`
	patient := changed(t, shippedFile(t, "reporters/mxtoolbox.yaml"), "greeting: 15s", "greeting: 25s")
	c, err := Load(fstest.MapFS{"reporters/mxtoolbox.yaml": {Data: []byte(patient)}, "causes/house.yaml": {Data: []byte(causes)}})
	if err != nil {
		t.Fatal(err)
	}
	if waits, _ := c.patienceOf("mxtoolbox"); waits != 25*time.Second {
		t.Errorf("the reporter waits %s, want the 25 s of the file in the place of the embedded one", waits)
	}
	if n := len(load(t).Causes()); len(c.Causes()) != n+1 {
		t.Errorf("%d causes, want one more than %d", len(c.Causes()), n)
	}
	if files, gone := c.Replaced(), c.Gone(); !slices.Equal(files, []string{"reporters/mxtoolbox.yaml"}) || len(gone) > 0 {
		t.Errorf("replaced %q, gone %q", files, gone)
	}
	// One cause in the place of all others: who checks the folder is told what is not there any more.
	l := lint(t, fstest.MapFS{"causes.yaml": {Data: []byte(causes)}})
	if len(l.Mistakes) > 0 || len(l.catalogue.Causes()) != 1 {
		t.Fatalf("%d causes, mistakes %v", len(l.catalogue.Causes()), l.Mistakes)
	}
	if gone := l.catalogue.Gone(); !slices.Contains(gone, "cause "+load(t).Causes()[0].ID) {
		t.Errorf("gone is %q, without the embedded causes", gone)
	}
}

// A file that is being checked stands for the one in the folder that it will replace.
func TestLintOfAFileThatIsInTheFolder(t *testing.T) {
	overlay := fstest.MapFS{"reporters/house.yaml": {Data: []byte(goodReporter)}}
	if l := lint(t, overlay, Source{"draft/reporters/house.yaml", []byte(goodReporter)}); len(l.Problems()) > 0 {
		t.Errorf("problems %v", l.Problems())
	}
}

// Which of two files of one reporter counts must not hang on their names.
func TestOneFileAReporter(t *testing.T) {
	second := changed(t, goodReporter, "id: house", "id: mxtoolbox")
	overlay := fstest.MapFS{"reporters/house.yaml": {Data: []byte(second)}}
	_, err := Load(overlay)
	_, _, parsing := LoadVocabulary(overlay)
	for _, err := range []error{err, parsing} {
		told := strict.Each(err)
		if len(told) != 1 || told[0].File != "reporters/house.yaml" || told[0].Line != 2 || !strings.Contains(told[0].Says, "reporters/mxtoolbox.yaml") ||
			!strings.Contains(told[0].Says, "extends: mxtoolbox") {
			t.Errorf("told %v", told)
		}
	}
}
