package app

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
	"github.com/urfave/cli/v2"
	"golang.org/x/net/proxy"

	"mxverdict/cmd/internal/check"
	"mxverdict/rules"
	"mxverdict/verify"
	"mxverdict/verify/dnsprobe"
	"mxverdict/verify/dnssec"
	"mxverdict/verify/evidence"
)

// network reads the network flags.
func (p *program) network(c *cli.Context, catalogue *rules.Catalogue) (verify.Options, error) {
	o := verify.Options{
		Dialer: p.env.Dialer, Helo: c.String("helo"), Patience: c.Duration("patience"), Deadline: c.Duration("deadline"),
		Settle:       c.Duration("settle"),
		AllowPrivate: c.Bool("allow-private"), MaxHosts: c.Int("max-hosts"),
		Connections:  connections(descriptors()),
		TrustedRoots: p.env.TrustedRoots, ResolverNamed: c.String("resolver") != "",
		Tool: "mxverdict " + Version, Catalogue: catalogue.Digest(),
	}
	// A dialer that is handed in is not this machine's network, of whose addresses nothing is known then.
	if o.Dialer == nil {
		o.Dialer, o.From = &net.Dialer{}, wayTo
	}
	if o.Patience <= 0 || o.Deadline <= 0 || o.MaxHosts <= 0 {
		return o, usage("", "--patience, --deadline and --max-hosts must be above zero")
	}
	if o.Insist = c.Bool("insist"); o.Insist && !c.IsSet("deadline") {
		o.Deadline = deadlineToInsist
	}
	if o.Insist && o.Deadline < leastToInsist {
		return o, usage("Leave --deadline out, or give the run 20 minutes.", "--insist takes ten minutes and more; they do not fit into the run, which ends after %v", o.Deadline)
	}
	if o.GreylistWait = c.Duration("greylist-wait"); o.GreylistWait < 0 || o.GreylistWait > 0 && o.GreylistWait+beyondGreylist > o.Deadline {
		return o, usage("Give the run more time, such as --deadline "+(max(o.GreylistWait, 0)+6*time.Minute).String(),
			"--greylist-wait %v does not fit into the run, which ends after %v", o.GreylistWait, o.Deadline)
	}
	if o.Settle < 0 {
		return o, usage("", "--settle must not be below zero")
	}
	if o.Rate = c.Int("rate"); o.Rate < 0 {
		return o, usage("", "--rate must not be below zero")
	}
	var err error
	if err := samples(c, &o); err != nil {
		return o, err
	}
	if o.SMTPPort, err = port(c, "smtp-port"); err != nil {
		return o, err
	}
	if o.DNSPort, err = port(c, "dns-port"); err != nil {
		return o, err
	}
	if o.Resolver, err = resolver(c.String("resolver")); err != nil {
		return o, err
	}
	if o.Roots, err = p.roots(c.String("root-hints")); err != nil {
		return o, err
	}
	if o.TrustAnchors, err = p.trustAnchors(c.String("trust-anchor")); err != nil {
		return o, err
	}
	if o.Outbound = c.String("outbound"); !slices.Contains([]string{"", evidence.OutboundYes, evidence.OutboundNo}, o.Outbound) {
		return o, usage("yes: they send mail to the Internet; no: they only receive", "--outbound is yes or no, not %q", o.Outbound)
	}
	if o.ListKeys, err = verify.ListKeys(p.env.Getenv); err != nil {
		return o, usage("Take the key as the operator of the list gave it", "%v", err)
	}
	if o.Controls = c.StringSlice("control"); slices.Contains(o.Controls, "none") {
		o.Controls = nil
	}
	if c.String("proxy") != "" {
		if o.Proxy, o.ProxyName, err = socks(c.String("proxy"), o.Dialer); err != nil {
			return o, err
		}
	}
	if o.Helo != "" && !hostName().MatchString(o.Helo) && !literal().MatchString(o.Helo) {
		return o, usage("Such as --helo tester.example.net or --helo [192.0.2.1]", "--helo %q is neither a full host name nor an address literal", o.Helo)
	}
	if o.Helo == "" {
		o.Helo = ownName()
	}
	return o, nil
}

// connections is how many connections to mail and web servers may stand at a time, by the descriptors of the process. Files, questions to
// name servers and what the system needs itself have the rest; an unlimited number would be more than a machine has ports.
func connections(descriptors int) int {
	const most, rest = 20_000, 4096
	if descriptors <= 0 {
		return most
	}
	return max(min(descriptors-min(descriptors/2, rest), most), 1)
}

// The least distance of two samples, because of manners, and the most samples.
const (
	leastEvery  = 30 * time.Second
	mostSamples = 20
)

// samples reads how often, and at what distance, each address is tested.
func samples(c *cli.Context, o *verify.Options) error {
	o.Samples, o.Every = c.Int("samples"), c.Duration("every")
	switch {
	case o.Samples < 1 || o.Samples > mostSamples:
		return usage("", "--samples is a number from 1 to %d", mostSamples)
	case o.Every < leastEvery:
		return usage("Servers take more than two connections a minute for an attack.", "--every must be %s at least", check.Limit(leastEvery))
	}
	return nil
}

// beyondGreylist is the least time that the two sessions around the wait of --greylist-wait need.
const beyondGreylist = time.Minute

// A run that insists needs ten minutes from its first session to its third, and some before and after them: look-ups, controls, and
// the dialogue with a server that answers at last. The least leaves time for a quick one, the default for a patient one.
const (
	leastToInsist    = 12 * time.Minute
	deadlineToInsist = 20 * time.Minute
)

// literal is an address literal (RFC 5321 section 4.1.3).
var literal = lazily(`^\[[0-9A-Za-z.:]+\]$`)

// port refuses 0, which would let the system choose, and what has more than 16 bits.
func port(c *cli.Context, flag string) (uint16, error) {
	n := c.Uint(flag)
	if n == 0 || n > 65535 {
		return 0, usage("", "--%s is a number from 1 to 65535", flag)
	}
	return uint16(n), nil
}

// resolver reads ADDRESS or ADDRESS:PORT; without it, the first one of the system's configuration is taken.
func resolver(s string) (netip.AddrPort, error) {
	if s == "" {
		found, err := systemResolvers()
		if err != nil || len(found) == 0 {
			return netip.AddrPort{}, usage("Name one with --resolver ADDRESS", "this system names no DNS resolver")
		}
		return found[0], nil
	}
	if at, err := netip.ParseAddrPort(s); err == nil {
		return at, nil
	}
	addr, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return netip.AddrPort{}, usage("Such as --resolver 192.0.2.1 or --resolver 192.0.2.1:5353", "--resolver %q is no address", s)
	}
	return netip.AddrPortFrom(addr, 53), nil
}

// maxRoots bounds the root servers that the user names. The root has 26 addresses.
const maxRoots = 64

// roots reads addresses, or a file of root hints. The user may name private ones.
func (p *program) roots(s string) ([]netip.Addr, error) {
	if s == "" {
		return nil, nil
	}
	var list []netip.Addr
	for word := range strings.SplitSeq(s, ",") {
		addr, err := netip.ParseAddr(strings.Trim(strings.TrimSpace(word), "[]"))
		if err != nil {
			return p.rootsFile(s)
		}
		list = append(list, addr)
	}
	return list[:min(len(list), maxRoots)], nil
}

func (p *program) rootsFile(name string) ([]netip.Addr, error) {
	const hint = "Such as --root-hints 192.0.2.1,2001:db8::1 or --root-hints named.root"
	data, err := p.settings(name, dnsprobe.MaxHints)
	if err != nil {
		return nil, usage(hint, "--root-hints %q is neither a list of addresses nor a file that can be read: %v", name, err)
	}
	list, err := dnsprobe.Hints(bytes.NewReader(data))
	if err != nil {
		return nil, usage(hint, "--root-hints %s: %v", name, err)
	}
	return list[:min(len(list), maxRoots)], nil
}

// trustAnchors reads a file of keys by which signatures are checked.
func (p *program) trustAnchors(name string) ([]dns.RR, error) {
	if name == "" {
		return nil, nil
	}
	const hint = "A line of it is like: . IN DS 20326 8 2 E06D44B8… (as in /usr/share/dns/root.ds)"
	data, err := p.settings(name, dnssec.MaxAnchors)
	if err != nil {
		return nil, usage(hint, "--trust-anchor %q cannot be read: %v", name, err)
	}
	anchors, err := dnssec.Anchors(bytes.NewReader(data))
	if err != nil {
		return nil, usage(hint, "--trust-anchor %s: %v", name, strings.TrimPrefix(err.Error(), "dnssec: trust anchors: "))
	}
	return anchors, nil
}

// socks makes the dialer of a SOCKS5 proxy. Its name in the record carries no password.
func socks(s string, direct verify.Dialer) (verify.Dialer, string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "socks5" || u.Port() == "" {
		return nil, "", usage("Such as --proxy socks5://127.0.0.1:1080, which ssh -D 1080 HOST provides", "--proxy is not of the form socks5://HOST:PORT")
	}
	var auth *proxy.Auth
	if u.User != nil {
		password, _ := u.User.Password()
		auth = &proxy.Auth{User: u.User.Username(), Password: password}
	}
	d, err := proxy.SOCKS5("tcp", u.Host, auth, contextDialer{direct})
	if err != nil {
		return nil, "", fmt.Errorf("proxy: %w", err)
	}
	dialer, ok := d.(verify.Dialer)
	if !ok {
		return nil, "", fmt.Errorf("proxy: %T cannot be cancelled", d)
	}
	return dialer, "socks5://" + u.Host, nil
}

// contextDialer lets the proxy library dial through our dialer.
type contextDialer struct{ verify.Dialer }

// Dial refuses: a connection without a context could not be ended when the run is.
func (d contextDialer) Dial(network, address string) (net.Conn, error) {
	return nil, fmt.Errorf("proxy: dial of %s without a context", address)
}

// ownName is the name for EHLO: the machine's full name, else the address of its way out, as a literal (RFC 5321 section
// 4.1.4).
func ownName() string {
	// A name under .local means nothing outside of its own network (RFC 6762 section 3).
	if name, err := os.Hostname(); err == nil && strings.Contains(name, ".") && !strings.HasSuffix(name, ".local") {
		if _, ok := dns.IsDomainName(name); ok {
			return strings.ToLower(name)
		}
	}
	local := wayTo(netip.MustParseAddr("192.0.2.1"))
	if !local.IsValid() {
		return "[127.0.0.1]"
	}
	return "[" + local.String() + "]"
}

// wayTo is the address of this machine from which a connection to another one would go out; the zero value if there is none.
func wayTo(other netip.Addr) netip.Addr {
	// Connecting a datagram socket sends nothing; it only asks the kernel for the way.
	conn, err := net.Dial("udp", netip.AddrPortFrom(other, 9).String())
	if err != nil {
		return netip.Addr{}
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap().WithZone("")
}
