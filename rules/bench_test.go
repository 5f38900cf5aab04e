package rules

import (
	"fmt"
	"testing"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// BenchmarkLoad is the start-up cost of every command that judges.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoadVocabulary is the start-up cost of a command that only reads a report: about a third of the 15 ms that
// the whole process may take.
func BenchmarkLoadVocabulary(b *testing.B) {
	for b.Loop() {
		if _, _, err := LoadVocabulary(nil); err != nil {
			b.Fatal(err)
		}
	}
}

// rowsPerTarget is how many rows the benchmarks' reports have about each name: one that is marked, one that is false, one that is
// a matter of taste, one that nobody tested behind a greeting that came too late.
const rowsPerTarget = 4

// manyTargets makes a report about n names, each of which leads to a server that greets later than the reporter waits.
func manyTargets(n int) (report.Report, *facts.Set) {
	r, s := report.Report{Reporter: "mxtoolbox"}, &facts.Set{}
	for i := range n {
		target := fmt.Sprintf("host%d.example.com", i)
		greetedLate(s, target, fmt.Sprintf("198.18.%d.%d", i/256, i%256))
		r.Findings = append(r.Findings, timed(row("smtp/transaction-time", 4*i+1, target, report.Warning), 15.4),
			row("smtp/tls-missing", 4*i+2, target, report.Warning), row("smtp/banner-mismatch", 4*i+3, target, report.Warning),
			row("smtp/open-relay", 4*i+4, target, report.OK))
	}
	return r, s
}

// oneTarget makes a report of n rows about one name, with another number in each of its claims.
func oneTarget(n int) (report.Report, *facts.Set) {
	r, s := report.Report{Reporter: "mxtoolbox"}, &facts.Set{}
	greetedLate(s, "example.com", "203.0.113.1")
	for i := range n {
		f := timed(row("smtp/transaction-time", 2*i+1, "example.com", report.Warning), 15.4)
		f.Values["limit"] = report.Number(5 + float64(i))
		r.Findings = append(r.Findings, f, row("smtp/open-relay", 2*i+2, "example.com", report.OK))
	}
	return r, s
}

var sizes = []int{10, 100, 1000, 10000}

// perRow runs work on a number of rows and reports the processor time that each took, which must not grow with the number. Time by
// the clock would tell more of what else the machine does.
func perRow(b *testing.B, rows int, work func()) {
	before := processorTime(b)
	for b.Loop() {
		work()
	}
	b.ReportMetric(float64(processorTime(b)-before)/float64(b.N)/float64(rows), "cpu-ns/row")
}

// BenchmarkJudgeTargets is the work a row in one report about ever more names.
func BenchmarkJudgeTargets(b *testing.B) {
	c := benchCatalogue(b)
	for _, rows := range sizes {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			r, s := manyTargets(max(1, rows/rowsPerTarget))
			perRow(b, len(r.Findings), func() { c.Judge(r, s) })
		})
	}
}

// BenchmarkJudgeRows is the work a row in one report with ever more rows about one name.
func BenchmarkJudgeRows(b *testing.B) {
	c := benchCatalogue(b)
	for _, rows := range sizes {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			r, s := oneTarget(rows / 2)
			perRow(b, len(r.Findings), func() { c.Judge(r, s) })
		})
	}
}

// BenchmarkJudgeAddresses is the work a row where a host has ever more addresses and each row names one of them, and the work an
// address where one row is about all.
func BenchmarkJudgeAddresses(b *testing.B) {
	c := benchCatalogue(b)
	for _, addresses := range []int{10, 100, 1000} { // who sets ten thousand up for a test waits for the set, not for the judge
		s := &facts.Set{}
		named, all := report.Report{Reporter: "mxtoolbox"}, report.Report{Reporter: "mxtoolbox", Findings: []report.Finding{bad("smtp/tls-missing", 1)}}
		for i := range addresses {
			address := fmt.Sprintf("198.18.%d.%d", i/256, i%256)
			greetedLate(s, "example.com", address)
			f := bad("smtp/tls-missing", i+1)
			f.Values = map[string]report.Value{"address": report.Text(address)}
			named.Findings = append(named.Findings, f)
		}
		b.Run(fmt.Sprintf("rows=%d", addresses), func(b *testing.B) { perRow(b, addresses, func() { c.Judge(named, s) }) })
		b.Run(fmt.Sprintf("views=%d", addresses), func(b *testing.B) { perRow(b, addresses, func() { c.Judge(all, s) }) })
	}
}

// BenchmarkJudgeReports is the work a report of one row, where ever more of them share what a run found out.
func BenchmarkJudgeReports(b *testing.B) {
	c := benchCatalogue(b)
	for _, reports := range sizes {
		b.Run(fmt.Sprint(reports), func(b *testing.B) {
			r, s := manyTargets(reports)
			perRow(b, reports, func() {
				for i := range reports {
					one := report.Report{Reporter: r.Reporter, Findings: r.Findings[rowsPerTarget*i:][:1]}
					c.Needs(one)
					c.Judge(one, s)
				}
			})
		})
	}
}

// BenchmarkNeeds is the work a row of asking what judging takes.
func BenchmarkNeeds(b *testing.B) {
	c := benchCatalogue(b)
	for _, rows := range sizes {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			r, _ := manyTargets(max(1, rows/rowsPerTarget))
			perRow(b, len(r.Findings), func() { c.Needs(r) })
		})
	}
}

// BenchmarkReportedNumbers is the work a row where one claim has ever more rows, each of which states another number.
func BenchmarkReportedNumbers(b *testing.B) {
	c := benchCatalogue(b)
	for _, rows := range sizes {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			r, s := report.Report{Reporter: "mxtoolbox"}, &facts.Set{}
			expires(s, "ns1.example.com [192.0.2.1]", time.Hour)
			for i := range rows {
				f := bad("dns/soa-expire", i+1)
				f.Values = map[string]report.Value{"expire": report.Number(float64(i))}
				r.Findings = append(r.Findings, f)
			}
			perRow(b, rows, func() { c.Judge(r, s) })
		})
	}
}

func benchCatalogue(b *testing.B) *Catalogue {
	c, err := embeddedOnce()
	if err != nil {
		b.Fatal(err)
	}
	return c
}
