package wording

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"mxverdict/rules/internal/strict"
)

// Links: what the address of a page says about the look-up that it shows.

// links are the forms of addresses that name a look-up.
type links struct {
	parameters []string // behind which "dns:example.com" stands: "?action=…"
	paths      []string // in lower case, of the reporter's own pages, behind which it stands, or a name alone: "/domain/…"
}

// links reads the forms of addresses. One with a slash is the beginning of a path.
func (l *loader) links(node *yaml.Node) error {
	var m strict.Mistakes
	list, err := l.list(node)
	m.Add(err)
	for _, form := range list {
		forms, err := Expand(form.Value)
		switch {
		case err != nil:
			m.Add(l.errorf(form, "%v", err))
			continue
		case !isID(form.Value):
			m.Add(l.errorf(form, "this must be one word, without blanks"))
			continue
		}
		for _, f := range forms {
			switch slash := strings.Contains(f, "/"); {
			case !slash:
				l.out.links.parameters = append(l.out.links.parameters, f)
			case !strings.HasPrefix(f, "/") || !strings.HasSuffix(f, "/") || len(f) < len("/x/"):
				m.Add(l.errorf(form, "the beginning of a path is written /so/, with a slash before and behind it"))
			default:
				l.out.links.paths = append(l.out.links.paths, strings.ToLower(f))
			}
		}
	}
	return m.Err()
}

const (
	mostCoded   = 2       // times that an address is percent-coded: by its page, and in the address of a page that passes it on
	longestLink = 1 << 11 // bytes; browsers take no longer ones
)

// Link implements report.Vocabulary. Mail programs wrap addresses in those of their own, so that all is tried as it stands and
// decoded.
func (v *Vocabulary) Link(address string) (category, name string, ok bool) {
	if len(address) > longestLink {
		return "", "", false
	}
	for range mostCoded + 1 {
		for _, r := range v.reporters {
			if category, name, ok = v.lookUp(r, address); ok {
				return category, name, true
			}
		}
		plain, err := url.PathUnescape(address)
		if err != nil || plain == address {
			break
		}
		address = plain
	}
	return "", "", false
}

// lookUp finds the look-up in an address that is not wrapped. A path counts on the reporter's own pages only, for others have
// such paths too; a parameter with a command behind it is nobody else's.
func (v *Vocabulary) lookUp(r *Reporter, address string) (category, name string, ok bool) {
	for _, parameter := range r.links.parameters {
		for rest := address; ; {
			at := strings.Index(rest, parameter+"=")
			if at < 0 {
				break
			}
			begins := at == 0 || strings.IndexByte("?&;#/", rest[at-1]) >= 0
			rest = rest[at+len(parameter)+1:]
			if !begins {
				continue
			}
			value, _, _ := strings.Cut(rest, "&")
			value, _, _ = strings.Cut(value, "#")
			if category, name, ok = v.command(decoded(value), ":"); ok {
				return category, name, true
			}
		}
	}
	path, own := r.pathOf(address)
	if !own {
		return "", "", false
	}
	for _, begins := range r.links.paths {
		if len(path) <= len(begins) || !strings.EqualFold(path[:len(begins)], begins) {
			continue
		}
		rest := decoded(path[len(begins):])
		if end := strings.IndexAny(rest, "?&#"); end >= 0 {
			rest = rest[:end]
		}
		if category, name, ok = v.command(rest, ":/"); ok {
			return category, name, true
		}
		if name, _, _ = strings.Cut(rest, "/"); isHost(name) {
			return "", name, true
		}
	}
	return "", "", false
}

// command parts "dns:example.com". The name may be anything that was typed, with a port behind it.
func (v *Vocabulary) command(lookUp, parts string) (category, name string, ok bool) {
	at := strings.IndexAny(lookUp, parts)
	if at <= 0 {
		return "", "", false
	}
	if _, known := v.Category(lookUp[:at]); !known {
		return "", "", false
	}
	name = strings.TrimSpace(lookUp[at+1:])
	return lookUp[:at], name, name != ""
}

// decoded takes the percent signs out of a part of an address. One that stands for no character makes the whole part worthless:
// what is left of "%3aexample.com" is another name.
func decoded(s string) string {
	for range mostCoded {
		plain, err := url.PathUnescape(s)
		if err != nil {
			return ""
		}
		s = plain
	}
	if strings.ContainsAny(s, "%<>\"") || strings.ContainsFunc(s, noneOfName) {
		return ""
	}
	return s
}

// noneOfName tells whether a character never stands in a name or an address: blanks, controls, and half of a character, which is left
// where an address is cut in the middle of its code.
func noneOfName(c rune) bool {
	return c == utf8.RuneError || !unicode.IsGraphic(c) || unicode.IsSpace(c)
}

// pathOf returns what stands behind the host of an address, where that is the reporter's. The address may stand in the parameter of
// another.
func (r *Reporter) pathOf(address string) (path string, own bool) {
	for rest, more := address, true; more; _, rest, more = strings.Cut(rest, "://") {
		end := len(rest)
		if at := strings.IndexAny(rest, "/?#:"); at >= 0 {
			end = at
		}
		if r.owns(rest[:end]) {
			return rest[end:], true
		}
	}
	return "", false
}

// isHost tells whether a part of a path is a host name or an address. Pages have other parts, without a point.
func isHost(s string) bool {
	return isName(s) && !strings.ContainsAny(s, "=,;()'!") && !strings.EqualFold(s, "localhost") && s[len(s)-1] != ':'
}
