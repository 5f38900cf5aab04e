package app

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"mxverdict/cmd/internal/check"
	"mxverdict/cmd/internal/render"
	"mxverdict/parser"
	"mxverdict/parser/report"
	"mxverdict/verify"
	"mxverdict/verify/lab"
)

//go:embed demo.yaml
var demoScenario []byte

// demo runs verify on an internet in memory, in real time: the same parser, probes and rules, only the wires are simulated.
func (p *program) demo(c *cli.Context) error {
	out, catalogue, err := p.judge(c)
	if err != nil {
		return err
	}
	scenario, err := lab.Load("demo.yaml", demoScenario)
	if err != nil {
		return err
	}
	internet, err := scenario.InMemory()
	if err != nil {
		return err
	}
	defer internet.Close()
	// Other formats are read by programs, for which stdout holds the result and nothing else.
	if out.format.Name == "text" {
		p.showReport(scenario)
	}
	r, err := parser.Parse(strings.NewReader(scenario.Report), "demo", catalogue.Vocabulary())
	if err != nil {
		return fmt.Errorf("the scenario's report: %w", err)
	}
	// Patience, deadline and the number of hosts are the defaults of verify: what the demonstration shows is what a user gets.
	return p.retest(c, slices.Values([]report.Report{r}), check.Chosen{Target: scenario.Target}, catalogue, verify.Options{
		Dialer: internet, Resolver: internet.Resolver(), Roots: internet.Roots(), SMTPPort: uint16(internet.SMTPPort()), DNSPort: uint16(internet.DNSPort()),
		TrustedRoots: internet.TrustedRoots(), ResolverNamed: true,
		Helo: "tester.example.net", Patience: 5 * time.Minute, Deadline: 12 * time.Minute, MaxHosts: 20,
		Tool: "mxverdict " + Version, Catalogue: catalogue.Digest(),
	}, out)
}

// showReport prints the customer's report before it is tested.
func (p *program) showReport(s *lab.Scenario) {
	fmt.Fprintln(p.stdout, "The customer's report:")
	fmt.Fprintln(p.stdout)
	for line := range strings.SplitSeq(strings.TrimSpace(s.Report), "\n") {
		fmt.Fprintln(p.stdout, "    "+render.Clean(line))
	}
	fmt.Fprintln(p.stdout)
}
