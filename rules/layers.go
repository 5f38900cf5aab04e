package rules

import (
	"bytes"
	"errors"
	"io/fs"
	"regexp"
	"slices"
)

// The catalogue has two layers: the embedded files, and a folder of the user's on top. A file of the folder takes the place of the
// embedded one that has its name, so that what `rules export` wrote loads as it is and can be edited; any other name adds.

// reporterFiles are all that recognising rows takes.
const reporterFiles = "reporters/*.yaml"

// allPatterns name every file that a folder of rules may hold; what else lies there is left alone. Causes and opinions have a folder
// too, for those who add to the embedded ones and do not replace them.
var allPatterns = []string{"catalogue/*.yaml", reporterFiles, "causes.yaml", "causes/*.yaml", "patience.yaml", "reasons.yaml", "opinions.yaml",
	"opinions/*.yaml", "languages/*.yaml"}

// layeredFile is a file to read, and where it lies.
type layeredFile struct {
	layer   fs.FS
	name    string
	foreign bool // of the overlay
}

// layered lists the wanted files in the order in which they are read: that of the embedded ones, wherever each lies, and then those
// that only the overlay has. The same files thus give the same digest, whether they are embedded or not.
func (c *Catalogue) layered(overlay fs.FS, wanted []string) ([]layeredFile, error) {
	shipped, err := filesOf(embedded, wanted)
	if err != nil {
		return nil, err
	}
	theirs, err := overlayFiles(overlay, wanted)
	if err != nil {
		return nil, err
	}
	var files []layeredFile
	add := func(name string, foreign bool) {
		layer := fs.FS(embedded)
		if foreign {
			layer = overlay
		}
		if !slices.Contains(c.replaced, name) {
			files = append(files, layeredFile{layer, name, foreign})
		}
	}
	for _, name := range shipped {
		add(name, slices.Contains(theirs, name))
	}
	for _, name := range theirs {
		if !slices.Contains(shipped, name) {
			add(name, true)
		}
	}
	c.added = theirs
	return files, nil
}

// overlayFiles lists the wanted files of an overlay, which may be nil. One without any rule file is a mistake of whoever named it.
func overlayFiles(overlay fs.FS, wanted []string) ([]string, error) {
	if overlay == nil {
		return nil, nil
	}
	if all, err := filesOf(overlay, allPatterns); err != nil || len(all) > 0 {
		if err != nil {
			return nil, err
		}
		return filesOf(overlay, wanted)
	}
	return nil, errors.New("rules: the folder holds no rule files; it needs catalogue/*.yaml, reporters/*.yaml or causes.yaml")
}

// Shipped are the embedded files, in the layout of a folder of rules.
func Shipped() fs.FS { return embedded }

// Dated is the latest month, or day, in the embedded files at which somebody read a source: of what reporters, providers and clients did
// later they know nothing.
func Dated() (latest string) {
	seen := regexp.MustCompile(`\bseen: *"?(\d{4}-\d\d(?:-\d\d)?)\b`)
	files, err := filesOf(embedded, allPatterns)
	if err != nil {
		return ""
	}
	for _, name := range files {
		data, _ := embedded.ReadFile(name) // just listed
		for _, found := range seen.FindAllSubmatch(data, -1) {
			latest = max(latest, string(found[1]))
		}
	}
	return latest
}

// Added lists the files of the overlay.
func (c *Catalogue) Added() []string { return slices.Clone(c.added) }

// isOther tells whether a file is another one than the embedded one of its name.
func isOther(name string, data []byte) bool {
	shipped, err := embedded.ReadFile(name)
	return err == nil && !bytes.Equal(shipped, data)
}

// Replaced lists the embedded files that have another one of the overlay in their place. Whoever put a file of one cause in the place
// of a dozen should hear of it; nothing else would tell him.
func (c *Catalogue) Replaced() []string { return slices.Clone(c.overridden) }

// Gone lists what of the replaced files is there no more.
func (c *Catalogue) Gone() (gone []string) {
	if len(c.overridden) == 0 {
		return nil
	}
	shipped, err := Load(nil)
	if err != nil { // a test would have failed before anybody ran this
		return nil
	}
	there := c.holdings()
	for _, held := range shipped.holdings() {
		if !slices.Contains(there, held) {
			gone = append(gone, held)
		}
	}
	return gone
}

// holdings names all that has a name.
func (c *Catalogue) holdings() []string {
	var names []string
	for _, r := range c.rules {
		names = append(names, "rule "+r.ID)
	}
	for _, cause := range c.causes {
		names = append(names, "cause "+cause.ID)
	}
	for _, r := range c.reporters {
		names = append(names, "reporter "+r.ID)
	}
	for _, l := range c.languages {
		names = append(names, "language "+l.Code)
	}
	for _, a := range c.opinions.Authorities {
		names = append(names, "authority "+a.Name)
	}
	for _, p := range c.opinions.Providers {
		names = append(names, "provider "+p.Name)
	}
	return names
}

// isShipped tells whether there is an embedded file of a name.
func isShipped(name string) bool {
	_, err := embedded.ReadFile(name)
	return err == nil
}
