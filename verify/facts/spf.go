package facts

// The names of the facts that SPF records tell (RFC 7208).
const (
	IPOutbound Name = "ip.outbound"

	// The record of the name itself, as its name servers give it.
	SPFMissing         Name = "spf.missing"
	SPFHidden          Name = "spf.hidden"
	SPFHiddenBy        Name = "spf.hidden_by"
	SPFCount           Name = "spf.count"
	SPFDiffer          Name = "spf.differ"
	SPFRecord          Name = "spf.record"
	SPFMail            Name = "spf.mail"
	SPFBroken          Name = "spf.broken"
	SPFFaults          Name = "spf.faults"
	SPFMistakenTerms   Name = "spf.mistaken_terms"
	SPFMistaken        Name = "spf.mistaken"
	SPFAfterAll        Name = "spf.after_all"
	SPFAfterAllTerms   Name = "spf.after_all_terms"
	SPFCutOff          Name = "spf.cut_off"
	SPFPTR             Name = "spf.ptr"
	SPFPTRTerms        Name = "spf.ptr_terms"
	SPFEnds            Name = "spf.ends"
	SPFRedirectIgnored Name = "spf.redirect_ignored"
	SPFStrings         Name = "spf.strings"
	SPFLongestString   Name = "spf.longest_string"
	SPFLength          Name = "spf.length"
	SPFSplitBadly      Name = "spf.split_badly"
	SPFSeams           Name = "spf.seams"
	SPFAnswerSize      Name = "spf.answer_size"
	SPFAnswerLost      Name = "spf.answer_lost"
	SPFType99          Name = "spf.type99"

	// The record with all that it includes.
	SPFTreeKnown       Name = "spf.tree.known"
	SPFLookups         Name = "spf.lookups"
	SPFLookupsWritten  Name = "spf.lookups_written"
	SPFHeaviest        Name = "spf.heaviest"
	SPFLoop            Name = "spf.loop"
	SPFLoopPath        Name = "spf.loop_path"
	SPFRepeats         Name = "spf.repeats"
	SPFRepeated        Name = "spf.repeated"
	SPFIncludesNothing Name = "spf.includes_nothing"
	SPFEmptyIncludes   Name = "spf.empty_includes"
	SPFIncludesBroken  Name = "spf.includes_broken"
	SPFBrokenIncludes  Name = "spf.broken_includes"
	SPFIncludesPTR     Name = "spf.includes_ptr"
	SPFIncludedPTR     Name = "spf.included_ptr"
	SPFRedirectNowhere Name = "spf.redirect_nowhere"
	SPFFinal           Name = "spf.final"
	SPFEverybody       Name = "spf.everybody"
	SPFEverybodyBy     Name = "spf.everybody_by"

	// The addresses and mail hosts that its terms name.
	SPFNamesKnown     Name = "spf.names.known"
	SPFVoid           Name = "spf.void_lookups"
	SPFVoid6          Name = "spf.void_lookups_ipv6"
	SPFVoidNames      Name = "spf.void_names"
	SPFVoidMost       Name = "spf.void_lookups_most"
	SPFVoidBySender   Name = "spf.void_by_sender"
	SPFRefersNowhere  Name = "spf.refers_nowhere"
	SPFNowhereTerms   Name = "spf.nowhere_terms"
	SPFMXKnown        Name = "spf.mx_known"
	SPFMXMost         Name = "spf.mx_most"
	SPFMXMostTerm     Name = "spf.mx_most_term"
	SPFExplainNowhere Name = "spf.explanation_nowhere"
)

// spfFacts declares them. That an address sends is text and not yes or no: "assumed" has to be told from "yes", since a rule may be
// confirmed by it and its reader has to know on what it rests.
var spfFacts = []Definition{
	{IPOutbound, Text, Session, FromSPF, "The address sends mail to the Internet: yes or no by the user's word or by the SPF record of the tested domain; assumed where neither tells."},

	{SPFMissing, Bool, Target, FromSOA | FromSPFRecord, "The name has no SPF record: no TXT record that begins with v=spf1, by the word of all its name servers."},
	{SPFHidden, Bool, Target, FromSOA | FromSPFRecord, "The name has TXT records, and it is proven that their signatures (DNSSEC) are broken, so that resolvers that check them give none. Open where the resolver fails at them, or the zone is said to be signed, and nothing could be proven."},
	{SPFHiddenBy, Text, Target, FromSOA | FromSPFRecord, "What is wrong with these signatures, and in which zone."},
	{SPFCount, Int, Target, FromSOA | FromSPFRecord, "Number of SPF records of the name at each of its name servers."},
	{SPFDiffer, Bool, Target, FromSOA | FromSPFRecord, "The name servers give different SPF records."},
	{SPFRecord, Text, Target, FromSOA | FromSPFRecord, "The SPF record of the name, its strings joined. Unknown where it has none, or several."},
	{SPFMail, Bool, Target, FromSOA | FromSPFRecord, "The name has to do with mail: it has an MX record that names a host, or the user says that its addresses send."},
	{SPFBroken, Bool, Target, FromSOA | FromSPFRecord, "A term of the SPF record breaks the grammar (RFC 7208 section 12), so that receivers discard all of it."},
	{SPFFaults, List, Target, FromSOA | FromSPFRecord, "The terms that break the grammar, each with its column and what is wrong with it."},
	{SPFMistaken, Bool, Target, FromSOA | FromSPFRecord, "A term of the SPF record has an equals sign behind the name of a mechanism, so that receivers ignore it as a modifier that they do not know."},
	{SPFMistakenTerms, List, Target, FromSOA | FromSPFRecord, "These terms."},
	{SPFAfterAll, Bool, Target, FromSOA | FromSPFRecord, "A term stands behind the term all of the SPF record."},
	{SPFAfterAllTerms, List, Target, FromSOA | FromSPFRecord, "The terms behind all."},
	{SPFCutOff, Bool, Target, FromSOA | FromSPFRecord, "One of them is a mechanism that names senders, or a redirect, which nobody looks at there."},
	{SPFPTR, Bool, Target, FromSOA | FromSPFRecord, "The SPF record itself uses the mechanism ptr, or the macro p."},
	{SPFPTRTerms, List, Target, FromSOA | FromSPFRecord, "The terms that do."},
	{SPFEnds, Text, Target, FromSOA | FromSPFRecord, "How the SPF record ends: -all, ~all, ?all, +all, redirect, or none."},
	{SPFRedirectIgnored, Bool, Target, FromSOA | FromSPFRecord, "The SPF record has a redirect beside all, which is ignored then."},
	{SPFStrings, Int, Target, FromSOA | FromSPFRecord, "Number of strings of which the SPF record is put together."},
	{SPFLongestString, Int, Target, FromSOA | FromSPFRecord, "Length of the longest of them, in octets; 255 at most in any DNS answer."},
	{SPFLength, Int, Target, FromSOA | FromSPFRecord, "Length of the SPF record, in octets."},
	{SPFSplitBadly, Bool, Target, FromSOA | FromSPFRecord, "Two strings of the SPF record run into each other: a blank between them is missing."},
	{SPFSeams, List, Target, FromSOA | FromSPFRecord, "The terms that came of that."},
	{SPFAnswerSize, Int, Target, FromSOA | FromSPFRecord, "Length of the DNS message with all TXT records of the name, in octets, without what EDNS adds; a lower bound where it was cut and never came whole."},
	{SPFAnswerLost, Bool, Target, FromSOA | FromSPFRecord | FromTCP, "A name server cuts the answer with the TXT records and does not give it over TCP either, at each of several tries."},
	{SPFType99, Bool, Target, FromSOA | FromSPFType99, "The name has a record of the retired type SPF (99)."},

	{SPFTreeKnown, Bool, Target, FromSOA | FromSPFRecord | FromSPFTree, "All records that the SPF record includes, and those below them, are known, and none breaks the grammar. Never no: unknown where it is not so, with the first reason."},
	{SPFLookups, Int, Target, FromSOA | FromSPFRecord | FromSPFTree, "Look-ups of an evaluation that nothing matches before its end (RFC 7208 section 4.6.4), macros filled in for a sender at 192.0.2.1; a lower bound where not all is known."},
	{SPFLookupsWritten, Int, Target, FromSOA | FromSPFRecord | FromSPFTree, "Terms in all these records that take a look-up, those that no evaluation reaches among them, as many testers count; a lower bound where not all is known."},
	{SPFHeaviest, Text, Target, FromSOA | FromSPFRecord | FromSPFTree, "The include of the record itself that takes most look-ups, with all below it, and their number."},
	{SPFLoop, Bool, Target, FromSOA | FromSPFRecord | FromSPFTree, "The includes lead back to a record that they came from."},
	{SPFLoopPath, List, Target, FromSOA | FromSPFRecord | FromSPFTree, "The names on that way, the first one again at the end."},
	{SPFRepeats, Bool, Target, FromSOA | FromSPFRecord | FromSPFTree, "The same name is included more than once."},
	{SPFRepeated, List, Target, FromSOA | FromSPFRecord | FromSPFTree, "These names."},
	{SPFIncludesNothing, Bool, Target, FromSOA | FromSPFRecord | FromSPFTree, "An include or a redirect names what has no SPF record."},
	{SPFEmptyIncludes, List, Target, FromSOA | FromSPFRecord | FromSPFTree, "These terms, and in whose record they stand."},
	{SPFIncludesBroken, Bool, Target, FromSOA | FromSPFRecord | FromSPFTree, "A record that is included breaks the grammar, or is one of several."},
	{SPFBrokenIncludes, List, Target, FromSOA | FromSPFRecord | FromSPFTree, "These records, and what is wrong with them."},
	{SPFIncludesPTR, Bool, Target, FromSOA | FromSPFRecord | FromSPFTree, "A record that is included uses the mechanism ptr, or the macro p."},
	{SPFIncludedPTR, List, Target, FromSOA | FromSPFRecord | FromSPFTree, "The terms that do, and in whose record they stand."},
	{SPFRedirectNowhere, Bool, Target, FromSOA | FromSPFRecord | FromSPFTree, "The redirect of the record itself leads to a name that has no SPF record, or to one that is in error."},
	{SPFFinal, Text, Target, FromSOA | FromSPFRecord | FromSPFTree, "How the record ends in the end, redirects followed: -all, ~all, ?all, +all or none."},
	{SPFEverybody, Bool, Target, FromSOA | FromSPFRecord | FromSPFTree | FromSPFNames, "The record authorises every sender: by +all, its own or that of a record that it includes, by a network of all addresses, or by a name that exists for everybody."},
	{SPFEverybodyBy, List, Target, FromSOA | FromSPFRecord | FromSPFTree | FromSPFNames, "The terms that do, from the record itself on."},
	{SPFNamesKnown, Bool, Target, FromSOA | FromSPFRecord | FromSPFTree | FromSPFNames, "The records and the look-ups of all their terms are known. Never no: unknown where it is not so, with the first reason."},
	{SPFVoid, Int, Target, FromSOA | FromSPFRecord | FromSPFTree | FromSPFNames, "Look-ups of an evaluation for an IPv4 sender that find nothing, names that each sender has for himself left out; a lower bound where not all is known."},
	{SPFVoid6, Int, Target, FromSOA | FromSPFRecord | FromSPFTree | FromSPFNames, "The same for an IPv6 sender, for whom a name without an IPv6 address is nothing."},
	{SPFVoidNames, List, Target, FromSOA | FromSPFRecord | FromSPFTree | FromSPFNames, "The look-ups that find nothing for an IPv4 sender."},
	{SPFVoidMost, Int, Target, FromSOA | FromSPFRecord | FromSPFTree | FromSPFNames, "The most of both with the terms whose name each sender has for himself, all of them taken to find nothing."},
	{SPFVoidBySender, Bool, Target, FromSOA | FromSPFRecord | FromSPFTree | FromSPFNames, "There are such terms. Never yes: unknown then, because some receivers count them and others do not."},
	{SPFRefersNowhere, Bool, Target, FromSOA | FromSPFRecord | FromSPFTree | FromSPFNames, "A term a, mx or exists names what has neither addresses nor mail hosts."},
	{SPFNowhereTerms, List, Target, FromSOA | FromSPFRecord | FromSPFTree | FromSPFNames, "These terms, and in whose record they stand."},
	{SPFMXKnown, Bool, Target, FromSOA | FromSPFRecord | FromSPFTree | FromSPFNames, "The records and the hosts of all terms mx are known. Never no: unknown where it is not so, with the first reason."},
	{SPFMXMost, Int, Target, FromSOA | FromSPFRecord | FromSPFTree | FromSPFNames, "The most MX records that a term mx stands for."},
	{SPFMXMostTerm, Text, Target, FromSOA | FromSPFRecord | FromSPFTree | FromSPFNames, "That term, and in whose record it stands."},
	{SPFExplainNowhere, Bool, Target, FromSOA | FromSPFRecord | FromSPFTree | FromSPFNames, "The explanation (exp) of the record is looked for at a name that has no TXT record."},
}
