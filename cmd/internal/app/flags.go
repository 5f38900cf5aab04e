package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"mxverdict/cmd/internal/document"
	"mxverdict/cmd/internal/render"
	"mxverdict/rules"
)

// networkFlags are of the command that tests over the network. Each default is the one that a support agent needs. What stands between
// backticks names the value: FILE and DIR are completed as such, and words with bars between them are all that there are.
func networkFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "target", Aliases: []string{"t"}, Category: groupMost, Usage: "domain or host `NAME` that the report is about, for rows that name none"},
		&cli.StringFlag{Name: "message", Aliases: []string{"m"}, Category: groupMost,
			Usage: "`FILE` with the message that rows about the SPF, DKIM or DMARC of one mean, saved as it arrived (.eml); its text is neither kept nor shown"},

		&cli.StringFlag{Name: "address", Category: groupTested, Usage: "`IP` address that SMTP rows are about; of hosts that the report names, only this address is tested"},
		&cli.StringFlag{Name: "outbound", Category: groupTested, DefaultText: "what SPF says", Usage: "`yes|no`: the tested addresses send mail to the Internet, or only receive"},
		&cli.IntFlag{Name: "max-hosts", Value: 20, Category: groupTested, Usage: "most SMTP hosts of each report that may be touched"},
		&cli.BoolFlag{Name: "allow-private", Category: groupTested, Usage: "test loopback, private and reserved addresses too"},

		&cli.DurationFlag{Name: "patience", Value: 5 * time.Minute, Category: groupTime, Usage: "longest wait for one SMTP reply; the default is the minimum of RFC 5321"},
		&cli.DurationFlag{Name: "deadline", Value: 12 * time.Minute, Category: groupTime,
			Usage: "longest duration of the test of each report; waiting behind the tests of other reports does not count"},
		&cli.IntFlag{Name: "rate", DefaultText: "no limit", Category: groupTime,
			Usage: "most new connections to mail and web servers a minute, in all; each server and each network has limits of its own"},
		&cli.DurationFlag{Name: "settle", Value: 30 * time.Second, Category: groupTime, Usage: "wait before name servers that disagree are asked again; 0s for no second look"},
		&cli.IntFlag{Name: "samples", Value: 1, Category: groupTime, Usage: "how often each SMTP address that greets is tested, up to 20, to see whether its times vary"},
		&cli.DurationFlag{Name: "every", Value: 2 * time.Minute, Category: groupTime, Usage: "distance of the samples, 30s at least"},
		&cli.BoolFlag{Name: "insist", Category: groupTime,
			Usage: "try an SMTP address that cannot be reached a third time, ten minutes after the first; the test of each report may then take 20 minutes"},
		&cli.DurationFlag{Name: "greylist-wait", DefaultText: "never", Category: groupTime, Usage: "try a recipient that was put off again after this `TIME`, such as 6m"},

		&cli.StringFlag{Name: "resolver", Aliases: []string{"r"}, DefaultText: "the system's first", Category: groupNetwork, Usage: "`ADDRESS[:PORT]` of the DNS resolver to ask"},
		&cli.StringFlag{Name: "helo", DefaultText: "this machine's, else its address", Category: groupNetwork, Usage: "`NAME` to give in EHLO"},
		&cli.StringFlag{Name: "proxy", Category: groupNetwork, Usage: "`socks5://HOST:PORT` through which SMTP connections and web requests are made"},
		&cli.StringSliceFlag{Name: "control", Value: cli.NewStringSlice("gmail.com", "outlook.com"), Category: groupNetwork,
			Usage: "`DOMAIN` whose mail host shows, after a failed connection, whether this network lets SMTP out; none switches it off"},
		&cli.StringFlag{Name: "root-hints", DefaultText: "those of IANA", Category: groupNetwork, Usage: "`ADDRESS[,ADDRESS…]` of the root servers, or a file like named.root"},
		&cli.StringFlag{Name: "trust-anchor", DefaultText: "those of IANA's root", Category: groupNetwork,
			Usage: "`FILE` of DS or DNSKEY records, the keys by which signatures of zones (DNSSEC) are checked"},
		&cli.UintFlag{Name: "smtp-port", Value: 25, Category: groupNetwork, Usage: "port of SMTP servers"},
		&cli.UintFlag{Name: "dns-port", Value: 53, Category: groupNetwork, Usage: "port of authoritative name servers"},
	}
}

// recordFlags are of the commands that test something.
func recordFlags() []cli.Flag {
	return []cli.Flag{&cli.StringFlag{Name: "save-evidence", Category: groupOutput, Usage: "write all that was seen to `FILE`, for mxverdict replay"}}
}

// replayFlags are of the command that judges what others recorded, who may have made it hard to judge.
func replayFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "only", Category: groupMost, Usage: "of the folder of a batch, the `REPORT` of this source or ID"},
		&cli.DurationFlag{Name: "deadline", Value: time.Minute, Category: groupTime, Usage: "longest time that judging one record may take"},
	}
}

// outputFlags are of all commands that print verdicts.
func outputFlags() []cli.Flag {
	return []cli.Flag{
		formatFlag(),
		&cli.BoolFlag{Name: "v", Category: groupMost, Usage: "show what each verdict rests on"},
		&cli.BoolFlag{Name: "vv", Category: groupMost, Usage: "show the whole log too"},

		&cli.StringFlag{Name: "lang", DefaultText: "that of the environment, else en", Category: groupOutput, Usage: "`LANG`: language of the reply to the customer, such as en or de"},
		&cli.StringFlag{Name: "audience", Value: "both", Category: groupOutput, Usage: "`customer|internal|both`: for whom the output is"},
		&cli.StringSliceFlag{Name: "also", Category: groupOutput, Usage: "`FORMAT=FILE`: write the results to a file in another format too; may be repeated"},
		&cli.IntFlag{Name: "max-chars", DefaultText: "no limit", Category: groupOutput, Usage: "most characters of each report's output; logs are cut for it, verdicts never"},
		&cli.BoolFlag{Name: "standalone", Category: groupOutput, Usage: "with --format html: a whole page instead of a fragment"},
		colorFlag(),
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Category: groupOutput, Usage: "no progress on standard error"},
		&cli.BoolFlag{Name: "strict", Category: groupOutput, Usage: "exit with 3 if inconclusive findings are left"},
		&cli.BoolFlag{Name: "exit-zero", Category: groupOutput, Usage: "exit with 0 whatever the verdicts are"},
	}
}

// ruleFlags are of all commands that read the catalogue.
func ruleFlags() []cli.Flag {
	return []cli.Flag{&cli.StringFlag{Name: "rules", Category: groupRules,
		Usage: "`DIR` with further rules, reporters and causes; a file with the name of a shipped one takes its place"}}
}

// policyFlags are of the commands that judge, or show by what is judged.
func policyFlags() []cli.Flag {
	return []cli.Flag{&cli.StringFlag{Name: "policy", Category: groupRules, Usage: "`FILE` with the house style of an organisation: words, limits, demands, accepted findings"}}
}

// without are flags without some, which would mean nothing.
func without(flags []cli.Flag, names ...string) []cli.Flag {
	return slices.DeleteFunc(flags, func(f cli.Flag) bool { return slices.Contains(names, f.Names()[0]) })
}

// parseFlags are fewer than those of verdicts: what was understood has no ticket.
func parseFlags() []cli.Flag {
	return []cli.Flag{
		formatFlag(),
		colorFlag(),
	}
}

func formatFlag() cli.Flag { return formatFlagOf(render.Formats()) }

// formatFlagOf is the flag of a command that writes in some formats.
func formatFlagOf(formats []render.Format) cli.Flag {
	return &cli.StringFlag{Name: "format", Aliases: []string{"f"}, Value: "text", Category: groupMost, Usage: "`" + strings.Join(formatNames(formats), "|") + "`: how results are written"}
}

func colorFlag() cli.Flag {
	return &cli.StringFlag{Name: "color", Value: "auto", Category: groupOutput, Usage: "`auto|always|never`: colours; auto means at a terminal, unless NO_COLOR is set"}
}

// formatNames are the names of output formats, those for people first.
func formatNames(formats []render.Format) []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.Name)
	}
	return names
}

// formatOf refuses an unknown format before any work is done.
func formatOf(name string) (render.Format, error) { return formatAmong(render.Formats(), name) }

// formatAmong is formatOf for a command that writes in some formats.
func formatAmong(formats []render.Format, name string) (render.Format, error) {
	names := formatNames(formats)
	if i := slices.Index(names, name); i >= 0 {
		return formats[i], nil
	}
	hints := []string{"Known formats: " + strings.Join(names, ", ")}
	if near := rules.Nearest(name, names); near != "" {
		hints = append([]string{"Did you mean " + near + "?"}, hints...)
	}
	return render.Format{}, usageHints(hints, "unknown format %q", name)
}

// options are what the reader wants to see.
func (p *program) options(c *cli.Context) (render.Options, error) {
	o, err := p.look(c)
	if err != nil {
		return o, err
	}
	switch {
	case c.Bool("vv"):
		o.Level = document.Log
	case c.Bool("v"):
		o.Level = document.Evidence
	}
	switch audience := c.String("audience"); audience {
	case "", "both":
	case "customer":
		o.For = document.Customer
	case "internal":
		o.For = document.Internal
	default:
		return o, usage("", "--audience is customer, internal or both, not %q", audience)
	}
	if o.MaxChars = c.Int("max-chars"); o.MaxChars < 0 {
		return o, usage("", "--max-chars must not be below zero")
	}
	o.Page = c.Bool("standalone")
	return o, nil
}

// speaking is the catalogue in the language of the reply: the one that was asked for, else that of the environment if there is such.
func (p *program) speaking(c *cli.Context, catalogue *rules.Catalogue) (*rules.Catalogue, error) {
	if wanted := c.String("lang"); wanted != "" {
		if other := catalogue.Speaking(wanted); other != nil {
			return other, nil
		}
		return nil, usage("Languages: "+strings.Join(catalogue.Languages(), ", "), "the reply is not there in the language %q", wanted)
	}
	// The order is that of POSIX (XBD section 8.2).
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if code := p.env.Getenv(name); code != "" {
			if other := catalogue.Speaking(code); other != nil {
				return other, nil
			}
			break
		}
	}
	return catalogue, nil
}

// look decides width and colour for a stream: colour only on a terminal, unless it is asked for or NO_COLOR is set.
func (p *program) look(c *cli.Context) (render.Options, error) {
	width, isTerminal := p.env.Terminal(p.screen)
	t := render.Options{Width: width}
	switch c.String("color") {
	case "always":
		t.Color = true
	case "never":
	case "auto", "": // of a command that writes files only
		// NO_COLOR is the convention of no-color.org; a terminal that calls itself dumb would print the sequences.
		t.Color = isTerminal && p.env.Getenv("NO_COLOR") == "" && p.env.Getenv("TERM") != "dumb"
	default:
		return t, usage("", "--color is auto, always or never, not %q", c.String("color"))
	}
	return t, nil
}

// catalogue loads the rules, with the user's own folder on top.
func (p *program) catalogue(c *cli.Context) (*rules.Catalogue, error) {
	overlay, err := p.overlay(c)
	if err != nil {
		return nil, err
	}
	catalogue, err := p.env.LoadRules(overlay)
	if err != nil {
		return nil, err
	}
	p.sayReplaced(catalogue.Replaced())
	return p.underPolicy(c, catalogue)
}

// underPolicy puts the policy of an organisation over the rules, if one is named.
func (p *program) underPolicy(c *cli.Context, catalogue *rules.Catalogue) (*rules.Catalogue, error) {
	file := c.String("policy")
	if file == "" {
		return catalogue, nil
	}
	const hint = "What a policy may say: mxverdict rules show policy. All of its mistakes: mxverdict rules lint --policy FILE"
	data, err := p.settings(file, rules.MaxFile)
	if err != nil {
		return nil, usage(hint, "--policy %s: %v", file, err)
	}
	under, err := catalogue.Under(file, data)
	if err != nil {
		return nil, usage(hint, "--policy %v", err)
	}
	return under, nil
}

// sayReplaced says which shipped files count no more because the folder of --rules has others of their names. It may be by accident,
// and what is not in the new file is missing without a word.
func (p *program) sayReplaced(files []string) {
	if len(files) > 0 {
		p.say("mxverdict: note: files of --rules take the place of shipped ones (`mxverdict rules lint --rules DIR` tells what is lost): " + strings.Join(files, ", "))
	}
}

// overlay is the folder of --rules, or nil.
func (p *program) overlay(c *cli.Context) (fs.FS, error) {
	dir := c.String("rules")
	if dir == "" {
		return nil, nil
	}
	info, err := waitFor(p.env.Context, func() (fs.FileInfo, error) { return os.Stat(dir) })
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && !info.IsDir():
		return nil, usage("It is a folder with catalogue/*.yaml, reporters/*.yaml or causes.yaml.", "--rules %s is no folder", dir)
	case err != nil:
		return nil, fmt.Errorf("--rules: %w", err)
	}
	return folder{p.env.Context, dir}, nil
}
