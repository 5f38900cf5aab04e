//go:build realservers

package commands

import "strings"

// further are worlds for what the scenarios of the lab leave out, with reports beside that of all claims.
var further = map[string]struct{ scenario, report string }{
	"two of each": {scenario: zone("ns1 ns2", "soas: 2", `
@ A 203.0.113.80
@ TXT "v=spf1 -all"
@ TXT "v=spf1 ~all"
@ SPF "v=spf1 -all"
_dmarc.@ TXT "v=DMARC1; p=none"
_dmarc.@ TXT "v=DMARC1; p=reject"
_mta-sts.@ TXT "v=STSv1; id=1"
_mta-sts.@ TXT "v=STSv1; id=2"
_smtp._tls.@ TXT "v=TLSRPTv1; rua=mailto:tls@example.com"
_smtp._tls.@ TXT "v=TLSRPTv1; rua=mailto:reports@example.com"
default._bimi.@ TXT "v=BIMI1; l=https://www.example.com/logo.svg?size=1&kind=tiny; a=https://www.example.com/mark.pem"
www.@ A 203.0.113.81
`) + `https:
  - address: 203.0.113.81
    name: www.example.com
    certificate: trusted
    files: {/logo.svg: "<svg/>", /mark.pem: nothing, /robots.txt: "User-agent: *", /llms.txt: "# Example"}
`},
	"many name servers": {scenario: zone("ns1 ns2 ns3 ns4 ns5 ns6 ns7 ns8 alias nowhere inside", "soa: {mname: hidden.example.com, refresh: 10s, retry: 5s, minimum: 2000000s}", `
ns3.@ A 192.0.2.73
ns4.@ A 192.0.2.74
ns5.@ A 192.0.2.75
ns6.@ A 192.0.2.76
ns7.@ A 192.0.2.77
ns8.@ A 192.0.2.78
alias.@ CNAME ns1.@
inside.@ A 10.1.2.3
`)},
	"serials":           {scenario: zone("ns1 ns2", "soa: {serial: 7, refresh: 20s, retry: 5s}", "") + "name_servers:\n  - {address: 198.51.100.53, soa: {serial: 8}}\n"},
	"without authority": {scenario: zone("ns1 ns2 ns3", "", "ns3.@ A 203.0.113.53\n") + "name_servers:\n  - {address: 198.51.100.53, behaves: [lame, recursive, transfer]}\n"},
	"hangs up": {scenario: zone("ns1 ns2", "", "@ MX 10 mail.@\nmail.@ A 203.0.113.25\n") +
		"smtp:\n  - {address: 203.0.113.25, name: mail.example.com, starttls: true, ehlo: {reply: none, then: close}}\n"},
	"wants encryption": {scenario: zone("ns1 ns2", "", `
@ MX 10 mail.@
mail.@ A 203.0.113.25
s1._domainkey.@ TXT "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC4"
`) + "smtp:\n  - {address: 203.0.113.25, name: mail.example.com, starttls: {certificate: trusted}, requires_tls: mail, domains: [example.com], relays: nothing}\n",
		report: "dkim\ts1._domainkey.example.com\tThe claim of dkim/test is made\ndkim\ts1._domainkey.example.com\tThe claim of dkim/missing is made\n"},
	// The rows name a host, whose records are those of its domain; the fault is at its IPv6 address only.
	"a host of two families": {scenario: zone("ns1 ns2", "", `
@ MX 10 mail.@
mail.@ A 203.0.113.25
mail.@ AAAA 2001:db8::25
_dmarc.@ TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
default._bimi.@ TXT "v=BIMI1; l=; a="
_mta-sts.@ TXT "v=STSv1; id=1"
mta-sts.@ A 203.0.113.26
`) + `smtp:
  - {address: 203.0.113.25, name: mail.example.com, starttls: {certificate: trusted}}
  - {address: "2001:db8::25", name: mail.example.com, starttls: false}
https:
  - address: 203.0.113.26
    name: mta-sts.example.com
    certificate: trusted
    files: {/.well-known/mta-sts.txt: "version: STSv1\nmode: enforce\nmx: mail.example.com\nmax_age: 604800\n"}
`, report: rows("mail.example.com", "smtp/tls-missing", "smtp/tls-certificate", "mta-sts/tls", "smtp/connect", "smtp/vrfy", "dmarc/missing", "dmarc/policy", "bimi/missing")},
	"a site": {scenario: zone("ns1 ns2", "", "@ A 203.0.113.80\n") + `https:
  - address: 203.0.113.80
    name: example.com
    certificate: trusted
    files: {/: "<html></html>", /robots.txt: "User-agent: *\nDisallow:\n", /llms.txt: "# Example\n"}
http:
  - {address: 203.0.113.80, name: example.com, files: {/: "<html></html>"}}
`},
}

// zone is example.com with two name servers and further records: @ stands for the zone, and a line for a record without its TTL.
func zone(servers, soa, records string) string {
	var b strings.Builder
	b.WriteString("zones:\n  - name: example.com\n    servers: [")
	for i, s := range strings.Fields(servers) {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(s + ".example.com")
	}
	b.WriteString("]\n")
	if soa != "" {
		b.WriteString("    " + soa + "\n")
	}
	b.WriteString("    records: |\n")
	for _, line := range strings.Split(strings.TrimSpace("ns1.@ A 192.0.2.53\nns2.@ A 198.51.100.53\n"+records), "\n") {
		owner, rest, _ := strings.Cut(line, " ")
		if owner == "" {
			continue
		}
		kind, data, _ := strings.Cut(rest, " ")
		if kind == "CNAME" || kind == "MX" {
			data = strings.ReplaceAll(data, "@", "example.com.")
		}
		b.WriteString("      " + strings.ReplaceAll(owner, "@", "example.com.") + " 300 IN " + kind + " " + data + "\n")
	}
	return b.String()
}

// rows make claims about a name.
func rows(name string, rules ...string) string {
	var b strings.Builder
	for _, rule := range rules {
		b.WriteString("test\t" + name + "\tThe claim of " + rule + " is made\n")
	}
	return b.String()
}
