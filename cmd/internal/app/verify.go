package app

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"mxverdict/cmd/internal/render"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// verify is the main command: reports in, verdicts out.
func (p *program) verify(c *cli.Context) error {
	who, err := chooseTarget(c.String("target"), c.String("address"))
	if err != nil {
		return err
	}
	out, catalogue, err := p.judge(c)
	if err != nil {
		return err
	}
	options, err := p.options(c, catalogue)
	if err != nil {
		return err
	}
	if who.address != "" {
		options.Only = netip.MustParseAddr(who.address)
	}
	if err := canWrite(c.String("save-evidence")); err != nil {
		return err
	}
	out.many = c.NArg() > 1
	reports := p.read(c.Args().Slice(), catalogue.Vocabulary())
	reports = p.assignAll(reports, who, catalogue)
	if len(reports) == 0 {
		return nil
	}
	return p.retest(c, reports, catalogue, options, out)
}

// assignAll gives every row its subject. A report that names no target is told and left out; the others go on.
func (p *program) assignAll(reports []report.Report, who chosen, catalogue *rules.Catalogue) []report.Report {
	var usable []report.Report
	for i := range reports {
		if p.assignOne(&reports[i], who, catalogue) {
			usable = append(usable, reports[i])
		}
	}
	return usable
}

func (p *program) assignOne(r *report.Report, who chosen, catalogue *rules.Catalogue) bool {
	if len(r.Findings) == 0 {
		return false // told already
	}
	if says := assign(r, who, catalogue); says != "" {
		p.say("mxverdict: note: " + says)
	}
	if nameless(r, catalogue) {
		p.code = p.finish(p.noTarget(r))
		return false
	}
	return true
}

// retest probes what the reports claim, each subject once, and prints a verdict on each report.
func (p *program) retest(c *cli.Context, reports []report.Report, catalogue *rules.Catalogue, o verify.Options, out output) error {
	plan := verify.Make(needs(reports, catalogue))
	quiet := c.Bool("quiet")
	if !quiet {
		p.announce(reports, catalogue, plan, o)
	}
	bundles := make([]evidence.Bundle, len(reports))
	if len(plan.Targets) > 0 {
		progress := p.watch(quiet)
		o.Watch = progress.waiting
		prober := verify.New(o)
		var group sync.WaitGroup
		for i, r := range reports {
			group.Go(func() { bundles[i] = prober.Run(c.Context, verify.Make(catalogue.Needs(r))) })
		}
		group.Wait()
		progress.end(slices.ContainsFunc(bundles, func(b evidence.Bundle) bool { return b.Interrupted }))
	}
	if slices.ContainsFunc(bundles, func(b evidence.Bundle) bool { return b.Vantage.DNSOut == evidence.Closed }) {
		p.say("No name server answered: this network lets no DNS out, or " + o.Resolver.String() + " is no resolver; name another with --resolver.")
	}
	var results []render.Result
	for i, r := range reports {
		results = append(results, result(r, bundles[i], catalogue))
	}
	p.sayNetwork(results)
	err := p.show(results, out)
	if file := c.String("save-evidence"); file != "" {
		if saving := saveEvidence(file, results); saving != nil {
			p.code = p.finish(saving)
		}
		for _, r := range results {
			if err := r.Evidence.Check(); err != nil {
				p.say("mxverdict: note: " + file + " is too large for mxverdict replay: " + err.Error())
			}
		}
	}
	return err
}

func needs(reports []report.Report, catalogue *rules.Catalogue) []facts.Need {
	var all []facts.Need
	for _, r := range reports {
		all = append(all, catalogue.Needs(r)...)
	}
	return all
}

// result judges one report by its evidence.
func result(r report.Report, b evidence.Bundle, catalogue *rules.Catalogue) render.Result {
	res := render.Result{Report: r, StartedAt: b.StartedAt, FinishedAt: b.FinishedAt, Interrupted: b.Interrupted, Evidence: b,
		Judgement: catalogue.Judge(r, verify.Facts(&b)), Notices: []string{}}
	if b.Expired {
		res.Notices = append(res.Notices, "The run's own limit of time ended it before it was done; give it more with --deadline.")
	}
	for _, t := range b.Targets {
		if t.Name == r.Target.Domain && r.Target.Host == "" && t.Kind == "host" { // only the look-up could tell
			res.Report.Target = report.Target{Host: t.Name, Address: r.Target.Address}
		}
	}
	switch {
	case b.Vantage.Intercepted:
		res.Notices = append(res.Notices, interceptedNotice)
	case closed(b):
		res.Notices = append(res.Notices, closedNotices(r, catalogue)...)
	case unproven(res):
		res.Notices = append(res.Notices, unprovenNotice)
	}
	if resolverOnly(res) {
		res.Notices = append(res.Notices, resolverOnlyNotice)
	}
	return res
}

// resolverOnly tells whether a report has rows that could not be tested because this network lets DNS questions out to the resolver
// only.
func resolverOnly(r render.Result) bool {
	return r.Evidence.Vantage.DNSOut == evidence.ResolverOnly && slices.ContainsFunc(r.Judgement.Verdicts, func(v rules.Verdict) bool {
		return v.Verdict == rules.Inconclusive && v.Reason == string(facts.NetworkClosed)
	})
}

const resolverOnlyNotice = "This network lets DNS questions out to its resolver only: no other name server answered, not even those of the root. " +
	"What a zone's own servers say could not be tested. Test from a machine that reaches port 53 everywhere, by piping the report into: " +
	"ssh HOST mxverdict"

// sayNetwork tells on stderr what this network kept from the test, once for all reports.
func (p *program) sayNetwork(results []render.Result) {
	any := func(such func(render.Result) bool) bool { return slices.ContainsFunc(results, such) }
	switch {
	case any(func(r render.Result) bool { return r.Evidence.Vantage.Intercepted }):
		p.say("Something on the way from this machine answers SMTP connections for every address. To test from a machine without that: ssh HOST mxverdict < report")
	case any(func(r render.Result) bool { return closed(r.Evidence) }):
		p.say("This network lets no SMTP out. To test from one that does: ssh HOST mxverdict < report\n" +
			"or through it: ssh -D 1080 HOST, and here: mxverdict --proxy socks5://127.0.0.1:1080 < report")
	case any(unproven):
		p.say(unprovenNotice)
	}
	if any(resolverOnly) {
		p.say(resolverOnlyNotice)
	}
}

// closed tells whether this network kept a report's SMTP test from its servers.
func closed(b evidence.Bundle) bool { return keptBy(b, evidence.Closed) }

// unproven tells whether a report has rows that could not be tested because nothing tells this network from the servers that were
// not reached.
func unproven(r render.Result) bool {
	return r.Judgement.Summary.Inconclusive > 0 && !r.Evidence.Expired && keptBy(r.Evidence, "")
}

// keptBy tells whether servers were not reached over a family of which the run showed no more than that. Where IPv4 is open,
// IPv6 is no reason to look for another network.
func keptBy(b evidence.Bundle, way evidence.WayOut) bool {
	kept := reading.Unreached(&b, reading.IPv6) && b.Vantage.SMTPOut6 == way && b.Vantage.SMTPOut != evidence.Open
	return kept || reading.Unreached(&b, reading.IPv4) && b.Vantage.SMTPOut == way
}

const unprovenNotice = "A server was not reached, and no control showed that this network lets SMTP out at all: the fault may be on this side. " +
	"Name a domain whose mail host surely answers with --control DOMAIN, or test from another machine: ssh HOST mxverdict < report"

// interceptedNotice says why nothing follows from what SMTP sessions showed.
const interceptedNotice = "Something on the way from this machine, such as a proxy of the network or a virus scanner, answers SMTP connections " +
	"even for an address at which no server can stand. Nothing about the server follows from what was seen; test from another machine, " +
	"by piping the report into: ssh HOST mxverdict"

// closedNotices say what is left when this network lets no SMTP out: what the report itself shows, and how to test elsewhere.
func closedNotices(r report.Report, catalogue *rules.Catalogue) []string {
	notices := []string{"This network does not let SMTP connections out: neither the servers that were tried in vain nor the controls could be reached. " +
		"Nothing about the server follows from that."}
	for _, s := range catalogue.SuggestCauses(r) {
		notices = append(notices, "What the report itself shows: "+s.Says+".")
	}
	return append(notices, "Test from a machine whose network is open, by piping the report into: ssh HOST mxverdict",
		"Or through such a machine: run ssh -D 1080 HOST, and here add --proxy socks5://127.0.0.1:1080")
}

// announce tells, before any wait, what the report already suggests and how long the proof may take.
func (p *program) announce(reports []report.Report, catalogue *rules.Catalogue, plan verify.Plan, o verify.Options) {
	for _, r := range reports {
		for _, s := range catalogue.SuggestCauses(r) {
			p.say(fmt.Sprintf("%s: %s", label(r), s.Says))
		}
	}
	if plan.NameServers() {
		p.say("Asking the name servers themselves, from the root servers down. That takes seconds, and up to a minute where servers do not answer, or disagree.")
	}
	if plan.SMTP() {
		asked := "Asking the mail servers themselves."
		if !plan.MailHosts() {
			asked = "Where a name has no MX records, its own address is asked whether it takes mail."
		}
		p.say(fmt.Sprintf(asked+" Each SMTP reply is awaited for up to %s, the whole test ends after %s at most.",
			short(o.Patience), short(o.Deadline)))
		if len(o.Controls) > 0 && o.SMTPPort == 25 {
			p.say("If a server cannot be reached, or encryption seems to be missing, the mail hosts of " + strings.Join(o.Controls, " and ") + " are tried, to tell their fault from this network's. " +
				"One connection goes to an address at which nobody stands, to see whether something answers for everybody.")
		}
		if needed := time.Duration(o.Samples-1) * o.Every; needed >= o.Deadline {
			p.say(fmt.Sprintf("%d samples, one every %s, take %s at least and do not fit; give the run more time with --deadline.", o.Samples, short(o.Every), short(needed)))
		}
	}
}

func label(r report.Report) string {
	if r.Source == "-" {
		return "The report"
	}
	return r.Source
}

// short writes a limit for people: "5 minutes", "90 s".
func short(d time.Duration) string {
	if d >= 2*time.Minute && d%time.Minute == 0 {
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
	return facts.FormatDuration(d)
}

// saveEvidence writes a bundle for each result, with its report, so that it can be judged again offline.
func saveEvidence(file string, results []render.Result) error {
	var b []byte
	for _, r := range results {
		bundle := r.Evidence
		var err error
		if bundle.Report, err = json.Marshal(r.Report); err != nil {
			return fmt.Errorf("save evidence: %w", err)
		}
		text, err := json.MarshalIndent(bundle, "", " ")
		if err != nil {
			return fmt.Errorf("save evidence: %w", err)
		}
		b = append(append(b, text...), '\n')
	}
	return writeWhole(file, b)
}
