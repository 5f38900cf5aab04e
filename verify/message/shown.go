package message

// This file tells of the header what people want to see beside the results.

import "mxverdict/verify/facts"

// maxShown bounds each list. The number is our own.
const maxShown = 10

// shown tells what the lines of the header say.
func (d *derivation) shown() known {
	nothing := func(what string) facts.Known {
		return facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "the message has no " + what})
	}
	list := func(lines []string, what string) facts.Known {
		if len(lines) == 0 {
			return nothing(what)
		}
		return facts.Is(facts.ListValue(lines[:min(len(lines), maxShown)]))
	}
	var path []string
	for _, h := range d.trace.hops {
		path = append(path, h.String())
	}
	found := known{
		facts.MessageFrom:     facts.Is(facts.TextValue(d.author)),
		facts.MessageList:     facts.Truth(d.message.List),
		facts.MessagePath:     list(path, "Received lines"),
		facts.MessageReceiver: list(d.trace.said, "results of its receiver"),
		facts.MessageOthers:   list(d.trace.others, "results of others"),
	}
	for name, k := range found {
		found[name] = k.Seen(d.Bundle.StartedAt, "the message")
	}
	return found
}

// String writes a hop for people.
func (h hop) String() string {
	from := "?"
	switch {
	case h.several:
		from = shown(h.helo) + " [several addresses]"
	case h.address.IsValid():
		from = shown(h.helo) + " [" + h.address.String() + "]"
	case h.helo != "":
		from = shown(h.helo)
	}
	by := "?"
	if h.by != "" {
		by = shown(h.by)
	}
	// The time tells which message it is, whose subject is not kept.
	if !h.at.IsZero() {
		by += " at " + h.at.UTC().Format("2006-01-02 15:04:05 MST")
	}
	return from + " to " + by
}
