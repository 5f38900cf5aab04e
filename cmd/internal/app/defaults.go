package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"mxverdict/rules"
)

// What a user gives at every run, he can keep in a file or in the environment: a flag goes before the environment, the environment
// before the file, and the file before the program's own default. All three are put before cli as flags, so that a command cannot tell
// them apart, and needs to know nothing of this.

const (
	settingsFile     = "config.yaml" // in a folder mxverdict at the system's place for such files
	settingsVariable = "MXVERDICT_CONFIG"
	noSettings       = "none" // a name for no file
	maxSettings      = 64 << 10
)

// settables are the flags that make sense as defaults, each with the command for which they do not. What decides about a single report,
// about an exit code that scripts rely on, or about what may be touched, is left to who runs the command.
var settables = []struct{ flag, notOf string }{
	{flag: "audience"},
	{flag: "color"},
	{flag: "control"},
	{flag: "deadline", notOf: "replay"}, // of which it bounds something else
	{flag: "format"},
	{flag: "helo"},
	{flag: "lang"},
	{flag: "max-chars"},
	{flag: "max-hosts"},
	{flag: "patience"},
	{flag: "policy"},
	{flag: "proxy"},
	{flag: "quiet"},
	{flag: "resolver"},
	{flag: "root-hints"},
	{flag: "rules"},
	{flag: "settle"},
	{flag: "trust-anchor"},
}

// settable tells whether a flag of a command can have a default of the user's.
func settable(flag, command string) bool {
	for _, s := range settables {
		if s.flag == flag {
			return s.notOf != command
		}
	}
	return false
}

// variable is the name of a flag in the environment.
func variable(flag string) string {
	return "MXVERDICT_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// setting is a default of the user's, and where it stands.
type setting struct {
	flag   string
	values []string
	place  string // for people
	dir    string // to which names of files are relative; "" for the working folder
}

// withSettings puts the user's defaults before the flags that he gave.
func (p *program) withSettings(c call) (call, error) {
	if c.command == nil || !slices.ContainsFunc(c.command.Flags, func(f cli.Flag) bool { return settable(f.Names()[0], c.command.Name) }) {
		return c, nil
	}
	file, err := p.settingsOfFile()
	if err != nil {
		return c, err
	}
	given := named(c.command.Flags, c.flags)
	var words []string
	for _, f := range c.command.Flags {
		name := f.Names()[0]
		s, ok := p.settingOf(name, file)
		if !ok || !settable(name, c.command.Name) || slices.Contains(given, name) {
			continue
		}
		if err := s.fit(f); err != nil {
			return c, err
		}
		p.defaults = append(p.defaults, s)
		for _, value := range s.values {
			words = append(words, "--"+name+"="+value)
		}
	}
	c.flags = slices.Concat(words, c.flags)
	return c, nil
}

// settingOf is the user's default of a flag: that of the environment, else that of the file.
func (p *program) settingOf(flag string, file map[string]setting) (setting, bool) {
	if value := p.env.Getenv(variable(flag)); value != "" {
		return setting{flag: flag, values: []string{value}, place: "the variable " + variable(flag)}, true
	}
	s, ok := file[flag]
	return s, ok
}

// settingsOfFile reads the file of settings, if there is one. One that is named must be there.
func (p *program) settingsOfFile() (map[string]setting, error) {
	file, isNamed := p.settingsPath()
	if file == "" {
		return nil, nil
	}
	data, err := p.settings(file, maxSettings)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !isNamed:
		return nil, nil
	case err != nil && isNamed:
		return nil, usage(settingsVariable+"="+noSettings+" stands for no file.", "%s (named by %s): %v", file, settingsVariable, err)
	case err != nil:
		return nil, usage(settingsVariable+"="+noSettings+" goes without it.", "%s: %v", file, err)
	}
	var known, lists []string
	for _, s := range settables {
		known = append(known, s.flag)
	}
	for _, f := range networkFlags() {
		if _, ok := f.(*cli.StringSliceFlag); ok {
			lists = append(lists, f.Names()[0])
		}
	}
	read, err := rules.Settings(file, data, known, lists)
	if err != nil {
		return nil, usageHints([]string{"It holds lines such as \"resolver: 192.0.2.1\", with the names of flags: " + strings.Join(known, ", ") + "."}, "%v", err)
	}
	settings := map[string]setting{}
	for _, r := range read {
		settings[r.Key] = setting{r.Key, r.Values, fmt.Sprintf("%s, line %d", file, r.Line), filepath.Dir(file)}
	}
	return settings, nil
}

// settingsPath is the file to read, "" for none, and whether the user named it.
func (p *program) settingsPath() (file string, isNamed bool) {
	switch name := p.env.Getenv(settingsVariable); {
	case name == noSettings:
		return "", true
	case name != "":
		return name, true
	case p.env.ConfigDir == nil:
		return "", false
	}
	dir, err := p.env.ConfigDir()
	if err != nil {
		return "", false // a process without a home has no settings either
	}
	return filepath.Join(dir, "mxverdict", settingsFile), false
}

// fit writes values as the flag reads them: yes and no as such, and files relative to the folder of the file that names them.
func (s *setting) fit(f cli.Flag) error {
	d, ok := f.(documented)
	if !ok {
		return nil
	}
	for i, value := range s.values {
		switch what := placeholder(d); {
		case !d.TakesValue():
			word, known := switches[strings.ToLower(value)]
			if !known {
				return usage("", "%s: %s is yes or no, not %q", s.place, s.flag, value)
			}
			s.values[i] = word
		case what == "FILE" || what == "DIR":
			s.values[i] = s.path(value)
		}
	}
	return nil
}

// switches are the words for yes and no that people write.
var switches = map[string]string{"yes": "true", "true": "true", "on": "true", "1": "true", "no": "false", "false": "false", "off": "false", "0": "false"}

// path is a file that a setting names. Other than a flag it is read wherever the program is started, so that it is relative to the file
// of settings; and no shell puts the home in place of the tilde.
func (s *setting) path(name string) string {
	if rest, ok := strings.CutPrefix(name, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	if filepath.IsAbs(name) || s.dir == "" {
		return name
	}
	return filepath.Join(s.dir, name)
}

// origins says where the values come from that an error is about: who did not type a flag would look for it in vain.
func (p *program) origins(says string) []string {
	var hints []string
	for _, s := range p.defaults {
		about := regexp.MustCompile(`(^|[^-\w])--?` + s.flag + `($|[^-\w])|^` + s.flag + `: `).MatchString(says)
		if about || slices.ContainsFunc(s.values, func(v string) bool { return strings.Contains(says, strconv.Quote(v)) }) {
			hints = append(hints, fmt.Sprintf("The value of --%s comes from %s.", s.flag, s.place))
		}
	}
	return hints
}
