package app

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/cmd/internal/render"
)

// also is a further format of the same run, in a file that is written whole or not at all.
type also struct {
	format render.Format
	file   string
	to     *wholeFile
	err    error // the first one; nothing is written then
}

// alsoOf reads what --also says, before any work is done. Nor may it name the file of the evidence.
func alsoOf(wanted []string, evidence string) ([]also, error) {
	var out []also
	for _, w := range wanted {
		name, file, ok := strings.Cut(w, "=")
		if !ok || file == "" {
			return nil, usage("Such as: --also json=verdict.json", "--also needs a format and a file, not %q", w)
		}
		format, err := formatOf(name)
		if err != nil {
			return nil, err
		}
		if err := canWrite("--also", file); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out, func(o also) bool { return filepath.Clean(o.file) == filepath.Clean(file) }) {
			return nil, usage("Name another file for each format.", "--also names %s twice", file)
		}
		if evidence != "" && filepath.Clean(file) == filepath.Clean(evidence) {
			return nil, usage("Name another file for one of them.", "--also and --save-evidence both name %s", file)
		}
		out = append(out, also{format: format, file: file})
	}
	return out, nil
}

// add takes the next result.
func (a *also) add(r result.Result, o render.Options) {
	if !a.format.AtOnce(o) {
		a.write([]result.Result{r}, false, o)
	}
}

// write writes results. A file has neither a width nor colours.
func (a *also) write(results []result.Result, many bool, o render.Options) {
	if a.err != nil {
		return
	}
	o.Width, o.Color = 0, false
	var b bytes.Buffer
	if a.to == nil {
		if a.to, a.err = newWholeFile(a.file); a.err != nil {
			return
		}
	} else if a.format.ForPeople() {
		b.WriteString("\n")
	}
	if a.err = a.format.Results(&b, results, many, o); a.err == nil {
		a.err = a.to.write(b.Bytes())
	}
}

// end puts the file in its place. Of no result at all there is none.
func (a *also) end(all []result.Result, many bool, o render.Options) error {
	if a.format.AtOnce(o) && len(all) > 0 {
		a.write(all, many, o)
	}
	if a.to == nil {
		return a.err
	}
	return a.to.end(a.err)
}
