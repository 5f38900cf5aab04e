package message

// This file reads the lines that servers write above a message (RFC 5321 section 4.4). Each program words them in its own way; only what is
// the same in all of them is read: by whom, and from which address.

import (
	"net/mail"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mxverdict/verify/dnsanswer"
)

// hop is one Received line.
type hop struct {
	place   int    // among the fields that were kept
	helo    string // the name that the client gave
	by      string // the server, in lower case; "" where it cannot be read
	address netip.Addr
	several bool // the line names several addresses of the client
	login   bool // the client had logged in
	at      time.Time
}

// logins are the protocols whose name says that the client had logged in (RFC 3848, RFC 6531 section 4.3): a person's program hands in a
// message so, and no server that delivers one.
var logins = []string{"esmtpa", "esmtpsa", "lmtpa", "lmtpsa", "utf8smtpa", "utf8smtpsa", "utf8lmtpa", "utf8lmtpsa"}

// hopOf reads a Received line.
func hopOf(value string) hop {
	body, date := cutDate(value)
	var h hop
	if at, err := mail.ParseDate(strings.TrimSpace(date)); err == nil {
		h.at = at
	}
	client, server, protocol := clauses(body)
	h.by = serverName(server)
	h.login = slices.Contains(logins, strings.ToLower(protocol))
	outside, inside := parted(client)
	h.helo = greeting(outside, inside)
	// What the server saw stands in brackets, beside what the client said; some programs write only that.
	list := addressesIn(inside)
	if len(list) == 0 {
		list = addressesIn(outside)
	}
	h.several = len(list) > 1
	if len(list) == 1 {
		h.address = list[0]
	}
	return h
}

// cutDate parts a line at its last semicolon, behind which its date stands.
func cutDate(value string) (body, date string) {
	if i := strings.LastIndexByte(value, ';'); i >= 0 {
		return value[:i], value[i+1:]
	}
	return value, ""
}

// clauses finds what stands behind "from" and "by", and the word behind "with", outside of comments.
func clauses(body string) (client, server, protocol string) {
	depth, current, start := 0, "", 0
	end := func(at int) {
		switch {
		case current == "from" && client == "":
			client = body[start:at]
		case current == "by" && server == "":
			server = body[start:at]
		case current == "with" && protocol == "":
			protocol, _, _ = strings.Cut(strings.TrimSpace(body[start:at])+" ", " ")
		}
	}
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == '(':
			depth++
		case c == ')':
			depth = max(0, depth-1)
		case depth == 0 && (i == 0 || isBlank(body[i-1])):
			for _, word := range []string{"from", "by", "via", "with", "id", "for"} {
				if n := len(word); len(body) > i+n && strings.EqualFold(body[i:i+n], word) && isBlank(body[i+n]) {
					end(i)
					current, start = word, i+n
				}
			}
		}
	}
	end(len(body))
	return strings.TrimSpace(client), strings.TrimSpace(server), protocol
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// parted parts a clause into what stands outside of its comments and what stands in them.
func parted(clause string) (outside, inside string) {
	var out, in strings.Builder
	depth := 0
	for _, c := range clause {
		switch {
		case c == '(':
			depth++
			in.WriteByte(' ')
		case c == ')':
			depth = max(0, depth-1)
			in.WriteByte(' ')
		case depth > 0:
			in.WriteRune(c)
		default:
			out.WriteRune(c)
		}
	}
	return out.String(), in.String()
}

// serverName is the first word of the clause "by".
func serverName(clause string) string {
	outside, _ := parted(clause)
	words := strings.Fields(outside)
	if len(words) == 0 {
		return ""
	}
	return serverWord(words[0])
}

// serverWord is the name or literal that a server wrote; "" of a word with characters that nobody sees, which stand in none.
func serverWord(word string) string {
	if strings.ContainsFunc(word, func(c rune) bool { return c == utf8.RuneError || !unicode.IsGraphic(c) }) {
		return ""
	}
	return dnsanswer.HostName(strings.Trim(word, "[];"))
}

// greeting is the name that a client gave: Exim and qmail write it into a comment, the others in front.
func greeting(outside, inside string) string {
	words := strings.Fields(inside)
	for i, w := range words {
		lower := strings.ToLower(w)
		if name, ok := strings.CutPrefix(lower, "helo="); ok {
			return serverWord(name)
		}
		if (lower == "helo" || lower == "ehlo") && i+1 < len(words) {
			return serverWord(words[i+1])
		}
	}
	if words = strings.Fields(outside); len(words) > 0 {
		return serverWord(words[0])
	}
	return ""
}

// addressesIn are the addresses of a text, each once, with a port or without one.
func addressesIn(text string) (list []netip.Addr) {
	seen := map[netip.Addr]bool{}
	for _, w := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(" \t[](),;=<>", c) }) {
		w = strings.TrimPrefix(strings.ToLower(w), "ipv6:")
		addr, err := netip.ParseAddr(w)
		if err != nil {
			if port, e := netip.ParseAddrPort(w); e == nil {
				addr, err = port.Addr(), nil
			}
		}
		// "::" and the like are words of some programs, and no address of a client.
		if err != nil || addr.IsUnspecified() {
			continue
		}
		if addr = addr.Unmap().WithZone(""); !seen[addr] {
			seen[addr] = true
			list = append(list, addr)
		}
	}
	return list
}
