// Package app is the command: it reads arguments, wires parser, verify, rules and render together, shows progress, and turns
// what came out into an exit code. It holds no knowledge about mail: what a finding means stands in the rules, how it is
// tested in verify, how it is written in render.
package app

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"mxverdict/cmd/internal/render"
	"mxverdict/rules"
	"mxverdict/verify"
)

// Env is what the program takes from its surroundings, beside its arguments and streams. The zero value is usable.
type Env struct {
	Context      context.Context                // ends the run when it is cancelled, as by Ctrl-C
	Getenv       func(string) string            // environment variables
	Dialer       verify.Dialer                  // instead of the machine's network
	TrustedRoots *x509.CertPool                 // instead of the authorities that the machine trusts
	Terminal     func(any) (width int, ok bool) // whether a stream is a terminal, and how wide

	// ConfigDir is the system's folder for files of settings; without it there is none.
	ConfigDir func() (string, error)

	// OpenTerminal opens the terminal at which somebody can be asked, instead of the one that controls the process.
	OpenTerminal func() (io.ReadWriteCloser, error)

	// LoadRules stands in for rules.Load, for who runs the program many times: a catalogue never changes, and may be shared.
	LoadRules func(overlay fs.FS) (*rules.Catalogue, error)
}

// The exit codes. Where several hold, the first of this order wins: interrupted, usage, confirmed, network, inconclusive.
const (
	// Scripts rely on them: a number never changes its meaning.
	exitOK           = 0   // nothing confirmed
	exitConfirmed    = 1   // at least one finding confirmed
	exitUsage        = 2   // wrong usage, or nothing recognised in the input
	exitInconclusive = 3   // inconclusive findings are left, with --strict, or an urgent one is
	exitNetwork      = 4   // this network cannot test
	exitInterrupted  = 130 // ended by the user
)

// Run is the whole program. It returns the exit code and never ends the process.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer, env Env) int {
	if env.Context == nil {
		env.Context = context.Background()
	}
	p := &program{args: args, stdin: stdin, screen: stdout, stdout: &unblocked{ctx: env.Context, w: stdout}, stderr: &console{w: stderr}, env: env}
	if p.env.Getenv == nil {
		p.env.Getenv = func(string) string { return "" }
	}
	if p.env.Terminal == nil {
		p.env.Terminal = terminal
	}
	if p.env.OpenTerminal == nil {
		p.env.OpenTerminal = controllingTerminal
	}
	if p.env.LoadRules == nil {
		p.env.LoadRules = rules.Load
	}
	return p.finish(p.run())
}

// run carries the command line out.
func (p *program) run() error {
	app := p.commands()
	c, err := arrange(app, p.args)
	switch {
	case err != nil:
		return err
	case c.wants == "help":
		return p.help(app, c)
	case c.wants == "version":
		p.print(versionLine)
		return nil
	}
	if c, err = p.withSettings(c); err != nil {
		return err
	}
	// cli writes out every flag that it knows, at each start. It needs to know those of one command.
	app.Commands = slices.DeleteFunc(app.Commands, func(other *cli.Command) bool { return other.Name != c.path[1] })
	return app.RunContext(p.env.Context, c.args())
}

// program is one run of the command.
type program struct {
	args   []string
	stdin  io.Reader
	screen io.Writer // stdout itself, which may be a terminal
	stdout *unblocked
	stderr *console
	env    Env

	defaults []setting // the user's, in this run

	mu   sync.Mutex // reports are read while others are written, and either may fail
	code int
}

// problem is an error for people: what happened, and what to do next. Every string is one line, whatever foreign text is in it.
type problem struct {
	says  string
	hints []string
	code  int
}

func (e *problem) Error() string { return e.says }

// usage makes a problem of exitUsage with one hint; "" is none.
func usage(hint, format string, args ...any) error {
	if hint == "" {
		return usageHints(nil, format, args...)
	}
	return usageHints([]string{hint}, format, args...)
}

// usageHints turns an interruption that looks like a wrong argument into what it is: Ctrl+C while a file is opened is no mistake of
// usage.
func usageHints(hints []string, format string, args ...any) error {
	if slices.ContainsFunc(args, interrupts) {
		return errInterrupted
	}
	return &problem{fmt.Sprintf(format, args...), hints, exitUsage}
}

var errInterrupted = &problem{says: "interrupted", code: exitInterrupted}

// interrupts tells whether a value is an error that came of the end of the program, and so says nothing of what was being done.
func interrupts(v any) bool {
	err, ok := v.(error)
	return ok && errors.Is(err, context.Canceled)
}

// finish is the end of the program, and its exit code.
func (p *program) finish(err error) int {
	if err == nil && p.stdout.gaveUp {
		err = errInterrupted
	}
	if err != nil {
		p.fail(err)
	}
	return p.code
}

// fail is the one place where errors become an exit code. The program may go on after it.
func (p *program) fail(err error) {
	var known *problem
	switch {
	case interrupts(err):
		known = errInterrupted
	case !errors.As(err, &known):
		known = &problem{says: err.Error(), code: exitUsage}
	}
	p.say("mxverdict: " + known.says)
	p.hint(known.hints...)
	p.hint(p.origins(known.says)...)
	// What was found before the error still counts.
	p.worsen(known.code)
}

// worsen takes up one more exit code.
func (p *program) worsen(code int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.code = worse(p.code, code)
}

// say writes messages for people to stderr, a line each: programs read them too. Each is made harmless as a whole: a line break in foreign
// text ends no line.
func (p *program) say(lines ...string) {
	for _, line := range lines {
		fmt.Fprintln(p.stderr, render.Message(line))
	}
}

// hint is say for what only people read, folded to their terminal: what to do next, and what is going to happen.
func (p *program) hint(lines ...string) {
	width, ok := p.env.Terminal(p.stderr.w)
	if !ok {
		width = plainWidth
	}
	for _, line := range lines {
		p.say(fold(render.Message(line), width)...) // each line begins anew for whoever reads it
	}
}

// print writes a line to stdout, for commands without a page to lay out. Foreign text in it is made harmless.
func (p *program) print(format string, args ...any) {
	fmt.Fprintln(p.stdout, render.Message(fmt.Sprintf(format, args...)))
}

// order ranks exit codes, the worst first.
var order = []int{exitInterrupted, exitUsage, exitConfirmed, exitNetwork, exitInconclusive, exitOK}

// worse returns the worse of two exit codes.
func worse(a, b int) int {
	if slices.Index(order, a) < slices.Index(order, b) {
		return a
	}
	return b
}

// terminal asks the system how wide a stream is. A terminal that does not tell has the 80 columns that all have.
func terminal(stream any) (int, bool) {
	f, ok := stream.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || !obeysEscapes(f) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		width = 80
	}
	return width, true
}

// commands declares the command line. cli is kept from printing and from ending the process: help and version are our own, usage goes
// to stderr, and errors come back to finish.
func (p *program) commands() *cli.App {
	app := &cli.App{
		Name:      "mxverdict",
		Usage:     "a second opinion on third-party mail and DNS reports",
		UsageText: "mxverdict [verify] [options] [FILE…]\nmxverdict COMMAND [options] [ARGUMENTS]",
		Description: "Give it a report that a customer sent, such as the warnings of MXToolbox, as a file or on standard input. Every warning is " +
			"tested again, patiently, and labelled confirmed, false positive, policy disagreement or inconclusive, with the evidence.",
		Writer:                 p.stdout,
		ErrWriter:              p.stderr,
		HideHelp:               true,
		HideVersion:            true,
		ExitErrHandler:         func(*cli.Context, error) {},
		OnUsageError:           p.usageError,
		UseShortOptionHandling: false,
		Commands: []*cli.Command{
			{Name: "verify", Usage: "re-tests the findings of reports and prints a verdict on each (the default command)",
				ArgsUsage: "[FILE…]", Flags: slices.Concat(networkFlags(), recordFlags(), outputFlags(), ruleFlags(), policyFlags()), Action: p.verify},
			{Name: "batch", Usage: "verifies folders of reports; goes on where it was ended",
				ArgsUsage: "PATH…", Flags: slices.Concat(batchFlags(), without(networkFlags(), "message"), without(outputFlags(), "format", "also", "color", "strict", "exit-zero", "standalone"),
					ruleFlags(), policyFlags()), Action: p.batch},
			{Name: "diff", Usage: "tells what broke and what was repaired between two batches",
				ArgsUsage: "OLD NEW", Description: diffDescription, Flags: diffFlags(), Action: p.diff},
			{Name: "parse", Usage: "shows what was understood of reports; opens no connection",
				ArgsUsage: "[FILE…]", Flags: slices.Concat(parseFlags(), ruleFlags()), Action: p.parse},
			{Name: "replay", Usage: "judges saved evidence again; opens no connection",
				ArgsUsage: "FILE…", Flags: slices.Concat(replayFlags(), outputFlags(), ruleFlags(), policyFlags()), Action: p.replay},
			{Name: "rules", Usage: "shows and checks the catalogue", Subcommands: p.ruleCommands(), Action: rulesUsage},
			{Name: "demo", Usage: "shows the whole way on an internet in memory; needs no network",
				Flags: slices.Concat(recordFlags(), outputFlags(), ruleFlags(), policyFlags()), Action: p.demo},
			{Name: "completion", Usage: "prints the script by which a shell completes what you type",
				ArgsUsage: "bash|zsh|fish", Action: p.completion},
			{Name: "man", Usage: "prints the manual page", Action: p.man},
			{Name: "version", Usage: "prints version, commit and date of the catalogue", Action: p.version},
			// What the scripts of completion ask.
			{Name: "__complete", ArgsUsage: "WORD…", Hidden: true, SkipFlagParsing: true, Action: p.complete},
		},
	}
	prepare(app.Commands, p)
	return app
}

// prepare gives every command the same manners on errors.
func prepare(commands []*cli.Command, p *program) {
	for _, c := range commands {
		c.OnUsageError = p.usageError
		c.HideHelp = true
		if c.ArgsUsage == "" && len(c.Subcommands) == 0 {
			c.Action = withoutArguments(c.Action)
		}
		prepare(c.Subcommands, p)
	}
}

// withoutArguments lets a command refuse what it would not look at.
func withoutArguments(action cli.ActionFunc) cli.ActionFunc {
	return func(c *cli.Context) error {
		if c.Args().Present() {
			return usage("See: "+c.Command.HelpName+" --help", "%s takes no arguments, but got %q", c.Command.HelpName, c.Args().First())
		}
		return action(c)
	}
}

// usageError answers a wrong flag on stderr, with the nearest right one.
func (p *program) usageError(c *cli.Context, err error, _ bool) error {
	hints := []string{"See: " + c.Command.HelpName + " --help"}
	if wrong, ok := strings.CutPrefix(err.Error(), "flag provided but not defined: -"); ok {
		if near := rules.Nearest(strings.TrimLeft(wrong, "-"), flagNames(c.Command.Flags)); near != "" {
			hints = append([]string{"Did you mean " + dashed(near) + "?"}, hints...)
		}
		return usageHints(hints, "there is no flag --%s", strings.TrimLeft(wrong, "-"))
	}
	// The library says only that; a missing unit is the commonest reason.
	if strings.HasSuffix(err.Error(), "parse error") {
		hints = append([]string{"A time needs its unit, such as 10s or 5m."}, hints...)
	}
	return usageHints(hints, "%v", err)
}

// flagNames are the names from which suggestions are taken.
func flagNames(flags []cli.Flag) []string {
	var names []string
	for _, f := range flags {
		names = append(names, f.Names()...)
	}
	return names
}
