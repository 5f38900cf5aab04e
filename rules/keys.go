package rules

// Key explains one key of a file that people write by hand.
type Key struct {
	Name  string // with its parents: "claim.holds_when"
	Means string
}

// RuleKeys explains every key of a rule, in the order in which rules have them.
var RuleKeys = []Key{
	{"id", "the name of the rule, area/name; it never changes"},
	{"about", "a title of few words"},
	{"subject", "what a name in the report must lead to: host or zone"},
	{"place", "the name that is tested where a row says which, such as {selector}._domainkey.{subject}"},
	{"urgent", "such a finding stands first, and counts as long as it is not decided: strangers do harm meanwhile"},
	{"parameters", "the $names of conditions: kind, default, and source of the default. A number in the row goes before the reporter's own limit, that before the policy's, and that before the default"},
	{"reported", "the number that rows state, and the fact that it is today: value and fact"},
	{"judged_where", "a condition: where it is not true, nothing is judged"},
	{"claim.says", "what a finding asserts"},
	{"claim.holds_when", "the condition under which that is true. False: the report is wrong (false positive)"},
	{"untested", "in place of holds_when: code and reason why the claim cannot be tested, and the next step"},
	{"requirements.id", "the name of the requirement within the rule, where its reference does not tell it from the others; policies name it"},
	{"requirements.says", "what is required; told where it is broken"},
	{"requirements.class", "how much whose word weighs: M, S, O, logic or A"},
	{"requirements.severity", "how much harm a broken one does: high, medium or low"},
	{"requirements.reference", "where that is said"},
	{"requirements.broken_when", "a condition. A claim that is true is confirmed where a requirement is broken, and else a policy disagreement"},
	{"requirements.unless", "what excuses it: anycast"},
	{"requirements.confirmed", "in place of say.confirmed where this one is broken"},
	{"requirements.fix", "in place of fix, likewise"},
	{"requirements.plain", "the key of plain that a customer is told, likewise"},
	{"shows", "what is shown beside the facts: would_see, patience, opinions, delegation, spf-tree"},
	{"say", "the explanation for postmasters, by ending: confirmed, policy_disagreement, artifact (the reporter's mistake is proven) or changed (not true now)"},
	{"plain", "the same for customers; name is what the rule is about, inconclusive stands in place of the words of the reason"},
	{"notes", "remarks: says where the condition when is true; repair is what to do about it, plain a key of plain; always: beside an open claim too"},
	{"row_notes", "remarks on words of a row: says where the pattern matches is found in it"},
	{"do_not", "what not to change"},
	{"fix", "what to do about a confirmed finding"},
	{"optional", "what may be done, if wished, where nothing is broken"},
	{"references", "where the matter is treated"},
	{"commands", "commands by which a reader can check the verdict"},
	{"cases", "examples that are tried: under these facts (when) and limits (with), the rule ends like this (expect)"},
}

// PolicyKeys explains every key of a policy.
var PolicyKeys = []Key{
	{"schema", "what the file is: " + policySchema},
	{"organisation", "whose policy it is; verdicts that rest on it name it"},
	{"language", "of the words under plain; en where it is left out. In a reply in another language they are not used"},
	{"reply.salutation", "what stands before the answer to a customer; several lines are allowed"},
	{"reply.signature", "what stands after it"},
	{"reply.links", "pages to point to: title, address (https), and rules if only a reply that speaks of one of these shall have it"},
	{"rules", "what the organisation makes of a rule, by the rule's ID"},
	{"rules.ID.say", "words for postmasters, by ending; the keys are those of the rule"},
	{"rules.ID.plain", "words for customers, likewise"},
	{"rules.ID.do_not", "what not to change"},
	{"rules.ID.fix", "what to do about a confirmed finding"},
	{"rules.ID.optional", "what may be done, if wished, where nothing is broken"},
	{"rules.ID.parameters", "limits, with their units. They count where neither the row nor its reporter names one, and never make a report wrong"},
	{"rules.ID.requirements", "what becomes of a requirement, by its name: its id, else its reference, as rules show RULE lists them"},
	{"rules.ID.requirements.NAME.demanded", "false: the organisation does not demand it. true: advice (class A) becomes its own demand, and a finding that breaks it is confirmed, by its word and nobody else's"},
	{"rules.ID.requirements.NAME.because", "why it is not demanded; told in the verdict"},
	{"rules.ID.requirements.NAME.says", "what the organisation demands"},
	{"rules.ID.requirements.NAME.severity", "how much a broken one weighs: high, medium or low"},
	{"rules.ID.requirements.NAME.broken_when", "when its demand is broken: a condition as in rules, in which $limit is the limit of this policy if it has one"},
	{"rules.ID.requirements.NAME.confirmed", "words for postmasters where it is broken"},
	{"rules.ID.requirements.NAME.fix", "what to do then"},
	{"rules.ID.requirements.NAME.plain", "words for customers then"},
	{"accepted", "findings that are known and lived with. They keep their label, say that they are accepted, and do not count for exit code 1"},
	{"accepted.rule", "the ID of the rule"},
	{"accepted.subject", "a host, a domain or an address, or *.example.com for all names below it. A verdict about several hosts is accepted where all are covered"},
	{"accepted.reason", "why"},
	{"accepted.by", "who stands for it"},
	{"accepted.until", "the last day, such as 2027-03-31 (UTC, by the time of the test). Afterwards the finding counts again, and that is told"},
}
