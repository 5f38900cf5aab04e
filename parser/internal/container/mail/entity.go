package mail

import (
	"path"
	"slices"
	"strings"
)

// entity is what a header says of a part.
// Everything in it is the sender's word, and may be wrong.
type entity struct {
	mediaType string
	boundary  string
	charset   string
	encoding  string
	filename  string
	attached  bool
}

// describe reads the MIME fields of a header.
func describe(h header, usual string) entity {
	e := entity{mediaType: usual, encoding: firstWord(h.Get("Content-Transfer-Encoding"))}
	if value := h.Get("Content-Type"); value != "" {
		mediaType, params, err := h.ContentType()
		if err != nil { // a parameter twice, a blank that is not quoted: the library gives up, customers do not
			mediaType, params = firstWord(value), map[string]string{}
			for _, name := range []string{"boundary", "charset", "name"} {
				params[name] = parameter(value, name)
			}
		}
		e.mediaType, e.boundary = mediaType, params["boundary"]
		e.charset, e.filename = strings.TrimSpace(params["charset"]), params["name"]
	}
	disposition, params, err := h.ContentDisposition()
	if err != nil {
		value := h.Get("Content-Disposition")
		disposition, params = firstWord(value), map[string]string{"filename": parameter(value, "filename")}
	}
	if params["filename"] != "" {
		e.filename = params["filename"]
	}
	e.attached = disposition == "attachment" || e.filename != ""
	return e
}

// encodesNothing tells whether the header says that the body stands as it is.
func (e entity) encodesNothing() bool {
	return slices.Contains([]string{"", "7bit", "8bit", "binary"}, e.encoding)
}

// firstWord returns the value of a field in lower case, without parameters and remarks.
func firstWord(value string) string {
	if end := strings.IndexAny(value, "; \t("); end >= 0 {
		value = value[:end]
	}
	return strings.ToLower(value)
}

// parameter finds a parameter in a field that breaks the rules.
// It is asked only where the library refused the field; then the first that fits is as good as any.
func parameter(value, name string) string {
	lower := asciiLower(value)
	at := strings.Index(lower, name+"=")
	if at < 0 {
		return ""
	}
	value = value[at+len(name)+1:]
	if rest, quoted := strings.CutPrefix(value, `"`); quoted {
		inside, _, _ := strings.Cut(rest, `"`)
		return inside
	}
	end := strings.IndexAny(value, "; \t")
	if end < 0 {
		end = len(value)
	}
	return value[:end]
}

// asciiLower keeps the length, which strings.ToLower does not promise.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// use is what is done with a part.
type use uint8

const (
	toRead use = iota // hand its text on, if it is text
	toOpen            // it is a message: take it apart
	toName            // say that it was not read
	toPass            // no report ever stands in it: not worth a word
)

// textEndings are the file names of reports. Programs that do not know a type send application/octet-stream, or worse.
var textEndings = []string{".txt", ".text", ".log", ".htm", ".html", ".xhtml", ".json", ".eml", ".md", ".csv", ".xml"}

// use decides by the type, or by the file name where the type says nothing.
func (e entity) use() use {
	kind, subtype, _ := strings.Cut(e.mediaType, "/")
	switch e.mediaType {
	case "message/rfc822", "message/global":
		return toOpen
	case "text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/css", "text/javascript",
		"text/rfc822-headers", "application/pgp-signature", "application/pkcs7-signature",
		"application/x-pkcs7-signature", "application/pgp-encrypted":
		return toPass
	}
	switch kind {
	case "message":
		return toPass // delivery status and the like: the log lines of a mail server
	case "image", "audio", "video", "font", "model":
		return toName
	case "application":
		if slices.Contains(textEndings, strings.ToLower(path.Ext(e.filename))) {
			return toRead
		}
		switch subtype {
		case "octet-stream", "json", "xml", "xhtml+xml", "x-ndjson", "javascript", "x-download", "force-download":
			return toRead
		}
		if strings.HasSuffix(subtype, "+json") || strings.HasSuffix(subtype, "+xml") {
			return toRead
		}
		return toName
	}
	return toRead
}
