package app

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"mxverdict/rules"
)

// rulesExport writes the embedded rules into a folder, as --rules reads them. Nothing is written where anything would be lost.
func (p *program) rulesExport(c *cli.Context) error {
	if c.NArg() != 1 {
		return usage("Such as: mxverdict rules export my-rules", "rules export takes the name of one folder, not %d", c.NArg())
	}
	dir := c.Args().First()
	if info, err := os.Stat(dir); dir == "" || err == nil && !info.IsDir() {
		return usage("Name a folder; it is made if it is not there.", "rules export: %q is no folder", dir)
	}
	files, err := p.toExport(dir)
	if err != nil {
		return err
	}
	written := 0
	for _, f := range files {
		if f.there {
			p.print("%s is there already, as shipped", f.name)
			continue
		}
		if err := f.write(); err != nil {
			return usage("Name a folder that can be written to. Files that were written before this one are whole, and stay.", "rules export %s: %v", dir, err)
		}
		written++
		p.print("wrote %s", f.name)
	}
	p.print("%d of %d files written. Use them with --rules %s: each takes the place of the shipped file of its name.", written, len(files), dir)
	p.print("Delete those that you do not change; of them you would keep this version when the program has a newer one.")
	return nil
}

// exported is a file to write.
type exported struct {
	name  string
	data  []byte
	there bool // with the same content
}

// toExport lists the files. One that is there and differs may hold somebody's work: all of them are told at once.
func (p *program) toExport(dir string) ([]exported, error) {
	var files []exported
	var hints []string
	err := fs.WalkDir(rules.Shipped(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(rules.Shipped(), name)
		if err != nil {
			return err
		}
		f := exported{name: filepath.Join(dir, filepath.FromSlash(name)), data: data}
		says := ""
		if f.there, says = p.compare(f); says != "" {
			hints = append(hints, f.name+" "+says)
		}
		files = append(files, f)
		return nil
	})
	if err == nil && len(hints) > 0 {
		err = usageHints(append(hints, "Nothing was written. Export into another folder, and compare."), "rules export %s would overwrite files", dir)
	}
	return files, err
}

// compare tells whether a file is there already, or why it must not be written.
func (p *program) compare(f exported) (there bool, says string) {
	// Not Stat: a link that leads nowhere is somebody's too.
	if _, err := os.Lstat(f.name); errors.Is(err, fs.ErrNotExist) {
		return false, ""
	}
	data, err := p.settings(f.name, rules.MaxFile)
	switch {
	case err != nil:
		return false, fmt.Sprintf("cannot be compared: %v", err)
	case !bytes.Equal(data, f.data):
		return false, "differs from the shipped one"
	}
	return true, ""
}

// write puts the file into its folder, whole or not at all.
func (f exported) write() error {
	if err := os.MkdirAll(filepath.Dir(f.name), 0o777); err != nil {
		return err
	}
	to, err := newWholeFile(f.name)
	if err != nil {
		return err
	}
	// Rules are no secret, unlike evidence: whoever runs the command for others must be able to read them.
	err = to.temporary.Chmod(0o644)
	if err == nil {
		err = to.write(f.data)
	}
	return to.end(err)
}
