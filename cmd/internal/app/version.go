package app

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/urfave/cli/v2"

	"mxverdict/rules"
)

// Version is the version of the program.
const Version = "0.1.0"

// versionLine is the first thing to know.
const versionLine = "mxverdict version " + Version

// version tells what the program was made of, for a report of a fault, and how old its knowledge is.
func (p *program) version(*cli.Context) error {
	catalogue, err := p.env.LoadRules(nil)
	if err != nil {
		return err
	}
	p.print(versionLine)
	p.print("commit     %s", commit(buildSettings()))
	p.print("catalogue  of %s (when the newest of its sources was read), digest %s", rules.Dated(), catalogue.Digest())
	p.print("built with %s for %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

// commit names the commit that the program was built from, as the go command notes it in a checkout.
func commit(build map[string]string) string {
	revision := build["vcs.revision"]
	if revision == "" {
		return "not known: it was not built in a checkout by the go command"
	}
	day, _, _ := strings.Cut(build["vcs.time"], "T")
	changed := map[string]string{"true": ", with changes that are not committed"}[build["vcs.modified"]]
	return fmt.Sprintf("%s of %s%s", revision, cmp.Or(day, "an unknown day"), changed)
}

// builtOn is the day of that commit, else the month of the catalogue.
func builtOn() string {
	day, _, _ := strings.Cut(buildSettings()["vcs.time"], "T")
	return cmp.Or(day, rules.Dated())
}

// buildSettings are what the go command noted when it built the program.
func buildSettings() map[string]string {
	settings := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			settings[s.Key] = s.Value
		}
	}
	return settings
}
