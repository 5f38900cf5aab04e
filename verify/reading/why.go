package reading

// This file turns failures into reasons. A failure never becomes a no: what did not answer may have any answer.

import (
	"cmp"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Because writes a failure as a clause. It says what happened and blames nobody.
func Because(f *evidence.Failure) string {
	switch f.Kind {
	case evidence.Timeout:
		return "no answer within " + facts.FormatDuration(f.Waited.D())
	case evidence.Limit:
		return cmp.Or(f.Detail, "left out, the run touches enough hosts already")
	}
	return cmp.Or(clauses[f.Kind], "it failed")
}

// clauses says of each kind of failure what happened, for people. It is only read.
var clauses = map[evidence.FailureKind]string{
	evidence.Refused:     "the connection was refused",
	evidence.Unreachable: "the address cannot be reached",
	evidence.Reset:       "the connection was reset",
	evidence.EOF:         "the other end closed the connection",
	evidence.TooLong:     "the answer was longer than any proper one",
	evidence.Malformed:   "the answer was not proper",
	evidence.OutOfStep:   "the replies were out of step with the commands",
	evidence.TLSFailed:   "the TLS handshake failed",
	evidence.BadCert:     "the certificate is not valid for the name",
	evidence.ProxyFailed: "the proxy gave no connection",
	evidence.NXDomain:    "the name does not exist",
	evidence.NoData:      "there is no such record",
	evidence.ServFail:    "the name server gave no usable answer",
	evidence.Private:     "the address is private, local or reserved",
	evidence.NoRoute:     "this machine has no route of that address family",
	evidence.Interrupted: "the run was ended first",
	evidence.Narrowed:    "left out, another address was to be tested",
}

// Unknown turns a failure into the reason why a fact is not known. What says what gave nothing: "the greeting".
func Unknown(f *evidence.Failure, what string) facts.Unknown {
	// What the other end did is a failed connection; what we did ourselves, or were kept from, says nothing of it.
	code := facts.ConnectFailed
	// Evidence that somebody else wrote may say nothing of it at all.
	if f == nil {
		return facts.Unknown{Code: facts.Untested, Detail: "what became of " + what + " is not said"}
	}
	switch f.Kind {
	case evidence.Interrupted:
		code = facts.Interrupted
	case evidence.Private:
		code = facts.Private
	case evidence.Limit, evidence.Narrowed:
		code = facts.Untested
	case evidence.OutOfStep:
		code = facts.Ambiguous
	case evidence.NXDomain, evidence.NoData, evidence.ServFail:
		code = facts.ServFail
	}
	return facts.Unknown{Code: code, Detail: what + " gave nothing: " + Because(f)}
}

// Unanswered is unknown for a look-up: whatever kept the name server from answering, it gave no usable answer. Its reader looks
// after name servers, not after mail servers.
func Unanswered(f *evidence.Failure, what string) facts.Unknown {
	why := Unknown(f, what)
	if why.Code == facts.ConnectFailed {
		why.Code = facts.ServFail
	}
	return why
}

// NotAsked is the reason for which something that could have been asked was not. A run that ended early is told from one in which nobody
// wanted to know: only the former is worth repeating as it was.
func (r *Reading) NotAsked(what string) facts.Unknown {
	if r.Bundle.Interrupted || r.Bundle.Expired {
		return facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before " + what + " was looked at"}
	}
	return facts.Unknown{Code: facts.Untested, Detail: what + " was not looked at"}
}
