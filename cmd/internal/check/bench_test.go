package check

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify"
)

// greeters is a network in which a mail server greets at every address, and no name server answers.
type greeters struct {
	before func(address string) // what a server does before it greets; nil for nothing
}

func (g greeters) DialContext(_ context.Context, network, address string) (net.Conn, error) {
	if network != "tcp" {
		return nil, fmt.Errorf("no way to dial %s", network)
	}
	ours, theirs := net.Pipe()
	go func() {
		defer theirs.Close()
		if g.before != nil {
			g.before(address)
		}
		fmt.Fprint(theirs, "220 mail.example.com ESMTP\r\n")
		for lines := bufio.NewScanner(theirs); lines.Scan(); {
			switch verb, _, _ := strings.Cut(lines.Text(), " "); verb {
			case "QUIT":
				fmt.Fprint(theirs, "221 2.0.0 Bye\r\n")
				return
			case "EHLO":
				fmt.Fprint(theirs, "250 mail.example.com\r\n")
			default:
				fmt.Fprint(theirs, "250 2.0.0 OK\r\n")
			}
		}
	}()
	return ours, nil
}

// manyReports have one row each, about an address in a network of its own.
func manyReports(count int) []report.Report {
	reports := make([]report.Report, count)
	for i := range reports {
		at := netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 4: byte(i >> 8), 5: byte(i), 15: 1})
		reports[i] = report.Report{Source: fmt.Sprint(i), Reporter: "mxtoolbox", Findings: []report.Finding{{N: 1, Rule: "smtp/connection-time",
			Status: report.Warning, Subject: at.String(), Values: map[string]report.Value{"seconds": report.Number(15.6)}}}}
	}
	return reports
}

// BenchmarkManyReports tests and judges reports of one row in one run. The metric is the CPU that a report takes, its server in this
// process included. Budget: from 10 to 10,000 reports flat within 1.5 ×.
func BenchmarkManyReports(b *testing.B) {
	rules := catalogue(b)
	for _, count := range []int{10, 100, 1000, 10_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			o := verify.Options{Dialer: greeters{}, Resolver: netip.MustParseAddrPort("192.0.2.1:53"), Helo: "tester.example.net",
				SMTPPort: 25, Patience: time.Minute, MaxHosts: 20, Samples: 1}
			reports := manyReports(count)
			judged, before := 0, cpu(b)
			for b.Loop() {
				for r := range Run(b.Context(), plans(reports, rules), o) {
					if r.Judgement.Summary.Inconclusive > 0 || len(r.Judgement.Verdicts) != 1 || len(r.Evidence.Sessions) != 1 {
						b.Fatalf("report %s: %+v, %d sessions", r.Report.Source, r.Judgement.Verdicts, len(r.Evidence.Sessions))
					}
					judged++
				}
			}
			b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(judged), "µs-CPU/report")
		})
	}
}
