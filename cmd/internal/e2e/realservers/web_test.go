//go:build realservers

package realservers

import (
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// webHost is the address of the one web server: it tells its sites apart by the name that a client asks for.
const webHost = "203.0.113.201"

// policyHost is a site with an MTA-STS policy.
type policyHost struct {
	domain  string // of which it is the policy; its zone is in zoneTable
	record  string // what announces it
	file    string
	expired bool // the certificate
	serve   http.HandlerFunc
	want    map[string]string
}

const stsFile = "version: STSv1\r\nmode: enforce\r\nmx: trusted.example.com\r\nmax_age: 604800\r\n"

// policyHosts are all of them. None has a record with an @, which stands for the zone there.
var policyHosts = []policyHost{
	{domain: "sts.test", record: "v=STSv1; id=20260101;", file: stsFile, want: map[string]string{
		"mta-sts/record-missing": "false_positive", "mta-sts/record-syntax": "false_positive", "mta-sts/multiple": "false_positive",
		"mta-sts/policy-fetch": "false_positive", "mta-sts/policy-certificate": "false_positive", "mta-sts/policy-syntax": "false_positive",
		"mta-sts/mx-mismatch": "false_positive", "mta-sts/tls": "false_positive",
		"tlsrpt/missing": "false_positive", "tlsrpt/syntax": "false_positive", "tlsrpt/multiple": "false_positive"}},
	{domain: "stsexpired.test", record: "v=STSv1; id=1", file: stsFile, expired: true, want: map[string]string{
		"mta-sts/policy-fetch": "confirmed medium", "mta-sts/policy-certificate": "confirmed medium", "mta-sts/policy-syntax": "false_positive"}},
	{domain: "stsmoved.test", record: "v=STSv1; id=1", serve: func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://mta-sts.sts.test/.well-known/mta-sts.txt", http.StatusMovedPermanently)
	}, want: map[string]string{"mta-sts/policy-fetch": "confirmed medium", "mta-sts/policy-certificate": "false_positive", "mta-sts/policy-syntax": "inconclusive"}},
	{domain: "stsother.test", record: "v=STSv1; id=2026-01-01", file: "version: STSv1\nmode: Enforce\nmx: plain.example.com\nmax_age: 1\n", want: map[string]string{
		"mta-sts/record-missing": "confirmed medium", "mta-sts/record-syntax": "confirmed medium", "mta-sts/policy-syntax": "policy_disagreement",
		"tlsrpt/missing": "policy_disagreement", "tlsrpt/multiple": "false_positive"}},
}

// webCases are the claims about these policies.
func webCases() (list []oneCase) {
	for _, h := range policyHosts {
		c := about(h.domain, h.want)
		c.name = "policy of " + h.domain
		list = append(list, c)
	}
	return list
}

// policyRecords are the records of a domain with a policy; "" for another one.
func policyRecords(domain string) (records string) {
	for _, h := range policyHosts {
		if h.domain == domain {
			records = "@ MX 10 trusted.example.com.\n_mta-sts.@ TXT \"" + h.record + "\"\nmta-sts.@ A " + webHost + "\n"
		}
	}
	if domain == "sts.test" {
		records += "_smtp._tls.@ TXT \"v=TLSRPTv1; rua=https://reports.example.net/v1\"\n"
	}
	return records
}

// startWeb starts the web server, with certificates of the authority that the command trusts.
func startWeb(t *testing.T, ca *authority) {
	t.Helper()
	sites, certificates := http.NewServeMux(), map[string]*tls.Certificate{}
	for _, h := range policyHosts {
		name, until := "mta-sts."+h.domain, time.Now().AddDate(0, 2, 0)
		if h.expired {
			until = time.Now().Add(-24 * time.Hour)
		}
		chain := ca.issue(t, name, until, false)
		certificate, err := tls.X509KeyPair(chain, chain)
		must(t, err)
		certificates[name] = &certificate
		serve := h.serve
		if serve == nil {
			serve = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/plain; charset=utf-8")
				_, _ = w.Write([]byte(h.file))
			}
		}
		sites.HandleFunc("GET "+name+"/.well-known/mta-sts.txt", serve)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(webHost, "443"))
	must(t, err)
	server := &http.Server{Handler: sites, TLSConfig: &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		return certificates[strings.ToLower(hello.ServerName)], nil
	}}}
	go server.ServeTLS(listener, "", "")
	t.Cleanup(func() { _ = server.Close() })
}
