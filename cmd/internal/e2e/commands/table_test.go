//go:build realservers

package commands

import "strings"

const (
	answered = `status: (NOERROR|NXDOMAIN)`
)

var (
	anAnswer  = shows(answered)
	atTheTrue = "its name is known only where the claim is true"
	bimi      = []show{values("bimi.record"), anAnswer, values("bimi.record")}
	dmarc     = []show{values("dmarc.record", "dmarc.records"), anAnswer, values("dmarc.record", "dmarc.records")}
	dkim      = []show{values("dkim.record", "dkim.records"), values("dkim.record", "dkim.records")}
	spf       = []show{values("spf.record")}
	trace     = and(shows(`^example\.(com|org)\..*IN\s+NS\s`), values("dns.delegation.parent_servers"))
	// Without a certificate openssl finds nothing wrong with it.
	unverified = claimed(func(s shown) bool { return s.code != 0 || !strings.Contains(s.output, "Verify return code: 0 ") })
	policy     = shows(`(?i)^version: STSv1`)
)

// table says of each command of each rule what is to be seen.
var table = map[string][]show{
	"bimi/missing":     {values("bimi.record"), proofOfTheContrary(`"v=BIMI1`), values("bimi.record")},
	"bimi/syntax":      bimi,
	"bimi/logo":        append(append([]show{}, bimi...), shows(`^HTTP/`)),
	"bimi/certificate": append(append([]show{}, bimi...), shows(`^HTTP/`)),
	"bimi/dmarc":       dmarc,

	"blocklist/listed": {seen(record("A") + `127\.0\.([0-9]+\.[2-9]|[0-9]+\.1[0-9]|[1-9]\.)`)},

	"dkim/missing": {anAnswer, proofOfTheContrary(`p=`)},
	"dkim/syntax":  dkim,
	"dkim/key":     dkim,
	"dkim/test":    {anAnswer, seen(`t=[a-z:]*y`)},

	"dmarc/missing":          {values("dmarc.record"), proofOfTheContrary(`"v=DMARC1`), values("dmarc.record")},
	"dmarc/policy":           dmarc,
	"dmarc/syntax":           dmarc,
	"dmarc/multiple":         dmarc,
	"dmarc/external-reports": dmarc,
	"dmarc/reports-missing":  dmarc,

	"dns/parent-child-mismatch": {trace},
	"dns/glue-mismatch":         {and(trace, shows(`^[a-z0-9.-]+\s+[0-9]+\s+IN\s+A\s`))},
	"dns/ns-unresponsive":       {fails, fails},
	"dns/ns-not-authoritative":  {unseen(`flags:[^;]* aa`), unseen(`flags:[^;]* aa`)},
	"dns/ns-private-address":    {seen(record("A") + `(10|127|192\.168|172\.16)\.`), anAnswer},
	"dns/ns-cname":              {shows(record("NS")), only(ifTrue, atTheTrue, seen(record("CNAME")))},
	"dns/ns-unresolvable":       {trace, only(ifTrue, atTheTrue, unseen(record("A")+`[0-9]`)), only(ifTrue, atTheTrue, unseen(record("AAAA")+`[0-9a-f]`))},
	"dns/ns-same-subnet":        {across(`^;; SERVER: ([0-9]+\.[0-9]+\.[0-9]+)\.`, func(n int) bool { return n == 1 })},
	"dns/ns-too-few":            {count(record("NS")+`(\S+)`, func(n int) bool { return n < 2 }), trace},
	"dns/ns-too-many":           {count(record("NS")+`(\S+)`, func(n int) bool { return n > 7 }), trace},
	"dns/tcp-unavailable":       {fails},
	"dns/soa-multiple":          {count(record("SOA")+`(\S.*)$`, func(n int) bool { return n > 1 })},
	"dns/soa-serial-format":     {values("dns.soa.serial")},
	"dns/soa-serial-agreement":  {across(record("SOA")+`\S+ \S+ ([0-9]+) `, func(n int) bool { return n > 1 })},
	"dns/soa-refresh":           {values("dns.soa.refresh")},
	"dns/soa-retry":             {values("dns.soa.retry")},
	"dns/soa-expire":            {values("dns.soa.expire")},
	"dns/soa-minimum":           {values("dns.soa.minimum")},
	"dns/primary-not-at-parent": {values("dns.soa.mname"), trace},
	"dns/record-missing":        {unseen(record("(?:AAAA|TXT|SPF)")), unseen(record("(?:AAAA|TXT|SPF)"))},
	"dns/open-resolver":         {seen(`flags:[^;]* ra[ ;]`)},
	"dns/zone-transfer":         {seen(`XFR size`)},
	"dns/cname-conflict":        {anAnswer, only(ifTrue, atTheTrue, seen(`ANSWER: [1-9]`))},

	"domain/expiry": {},

	"header/spf":       {shows(`"v=spf1`)},
	"header/dkim":      {shows(`v=DKIM1`)},
	"header/dmarc":     {shows(`v=DMARC1`)},
	"header/alignment": {shows(`v=DMARC1`)},

	"http/connect":      {shows(`^\*`), together(`Failed to connect|Could not resolve`, some)},
	"http/status":       {shows(`HTTP/|^curl`), together(`HTTP/\S+ [45]`, some)},
	"http/delay":        {shows(`^[0-9:.]+ <? ?`), shows(`^[0-9:.]+ `)},
	"https/certificate": {fails, unverified},
	"tcp/connect":       {unseen(`^\* Connected to`)},
	"tcp/delay":         {shows(`Connected to`)},

	"mta-sts/record-missing":     {anAnswer, proofOfTheContrary(`"v=STSv1`)},
	"mta-sts/record-syntax":      {values("mtasts.record"), values("mtasts.record")},
	"mta-sts/multiple":           {values("mtasts.records"), values("mtasts.records")},
	"mta-sts/policy-fetch":       {unseen(`^< HTTP/\S+ 200`)},
	"mta-sts/policy-certificate": {seen(`SSL certificate problem|SSL: no alternative`), unverified},
	"mta-sts/policy-syntax":      {policy},
	"mta-sts/mx-mismatch":        {values("mtasts.hosts"), policy},
	"mta-sts/tls":                {unverified, {check: policyOf}, shows(`^\*`)},

	"mx/missing":         {unseen(record("MX") + `[0-9]`), unseen(record("MX") + `[0-9]`)},
	"mx/cname":           {values("mx.hosts"), only(ifTrue, atTheTrue, seen(record("CNAME")))},
	"mx/address":         {seen(record("MX") + `[0-9]+ [0-9]+\.[0-9]+\.[0-9]+\.[0-9]+\.$`)},
	"mx/unresolvable":    {values("mx.hosts"), only(ifTrue, atTheTrue, unseen(record("A")+`[0-9]`)), only(ifTrue, atTheTrue, unseen(record("AAAA")+`[0-9a-f]`))},
	"mx/private-address": {values("mx.hosts"), only(ifTrue, atTheTrue, seen(record("A")+`(10|127|192\.168|172\.16)\.`)), only(ifTrue, atTheTrue, anAnswer)},
	"mx/duplicate":       {values("mx.hosts")},
	"mx/single":          {count(record("MX")+`[0-9]+ (\S+)$`, func(n int) bool { return n < 2 })},
	"mx/inconsistent":    {anAnswer},

	"smtp/connect":             {fails},
	"smtp/banner-mismatch":     {values("smtp.greeting.name"), values("dns.ptr.names")},
	"smtp/tls-missing":         {shows(`^<-  250`), fails, {check: policyOf}, anAnswer},
	"smtp/connection-time":     {times("smtp.greeting.latency", 1)},
	"smtp/transaction-time":    {times("smtp.transaction.total", 0)},
	"smtp/disconnected":        {seen(`closed connection unexpectedly`)},
	"smtp/hostname-unresolved": {anAnswer, together(record("(?:A|AAAA)"), none)},
	"smtp/ptr-missing":         {unseen(record("PTR") + `\S`), unseen(record("PTR") + `\S`)},
	"smtp/ptr-mismatch":        {values("dns.ptr.names")},
	"smtp/ptr-not-hostname":    {values("dns.ptr.names")},
	"smtp/open-relay":          {succeeds},
	"smtp/banner-invalid":      {values("smtp.greeting.name")},
	"smtp/tls-required":        {seen(`^<\*\* 5`)},
	"smtp/tls-certificate":     {unverified, shows(`^notAfter=`), {check: policyOf}, anAnswer},
	"smtp/tls-version":         {seen(`^New, (SSLv3|TLSv1\.[01])`), succeeds},
	"smtp/vrfy":                {shows(`^> VRFY postmaster`), shows(`^> VRFY no-such`), across(`^> VRFY \S+\r?\n< ([0-9]+)|^> EXPN staff\r?\n< (25[0-9])`, func(n int) bool { return n > 1 })},
	"smtp/postmaster":          {fails, shows(`RCPT TO:<postmaster>$`)},

	"spf/lookups":           spf,
	"spf/void-lookups":      spf,
	"spf/mx-records":        spf,
	"spf/ptr":               spf,
	"spf/null-lookup":       spf,
	"spf/loop":              spf,
	"spf/duplicate-include": spf,
	"spf/redirect":          spf,
	"spf/all-neutral":       spf,
	"spf/all-permissive":    spf,
	"spf/missing":           {unseen(`"v=spf1[ "]`), unseen(`"v=spf1[ "]`)},
	"spf/multiple":          {count(`("v=spf1.*)$`, func(n int) bool { return n > 1 })},
	"spf/syntax":            spf,
	"spf/deprecated-type":   {seen(`\s(SPF|TYPE99)\s+["\\]`)},
	"spf/after-all":         spf,
	"spf/string-length":     spf,
	"spf/size":              {values("spf.record"), values("spf.record")},
	"spf/all-missing":       spf,

	"tlsrpt/missing":  {anAnswer, proofOfTheContrary(`"v=TLSRPTv1`)},
	"tlsrpt/syntax":   {values("tlsrpt.record"), values("tlsrpt.record")},
	"tlsrpt/multiple": {values("tlsrpt.records"), values("tlsrpt.records")},

	"web/llms":   {shows(`^HTTP/`)},
	"web/robots": {shows(`^HTTP/`)},
}
