package facts

// The names of the facts about the BIMI record of a name (draft-brand-indicators-for-message-identification) and the files that it names.
const (
	// Which record counts.
	BIMIFound     Name = "bimi.found"
	BIMIDomain    Name = "bimi.domain"
	BIMIInherited Name = "bimi.inherited"
	BIMIRecord    Name = "bimi.record"
	BIMIBroken    Name = "bimi.broken"
	BIMIDeclined  Name = "bimi.declined"
	BIMIAlias     Name = "bimi.alias"

	// What is wrong in it.
	BIMIFaulty  Name = "bimi.syntax.faulty"
	BIMIFaults  Name = "bimi.syntax.faults"
	BIMIIgnored Name = "bimi.syntax.ignored"

	// The logo.
	BIMILogoURL     Name = "bimi.logo.url"
	BIMILogoFaulty  Name = "bimi.logo.faulty"
	BIMILogoFaults  Name = "bimi.logo.faults"
	BIMILogoRefused Name = "bimi.logo.refused"

	// The mark certificate.
	BIMIMarkNamed   Name = "bimi.mark.named"
	BIMIMarkURL     Name = "bimi.mark.url"
	BIMIMarkFaulty  Name = "bimi.mark.faulty"
	BIMIMarkFaults  Name = "bimi.mark.faults"
	BIMIMarkRefused Name = "bimi.mark.refused"
	BIMIMarkTrusted Name = "bimi.mark.trusted"
	BIMIMarkEnds    Name = "bimi.mark.ends"
)

// bimiFacts declares them. The record is that for mail that names no selector, by the word of the name servers of the zones that hold it.
var bimiFacts = []Definition{
	// Which record counts.
	{BIMIFound, Bool, Target, FromSOA | FromBIMI, "Who shows logos finds one BIMI record for the name that can be used: its own, or that of its organisational domain. Yes also where it declines to show a logo; no where there is none, where there are several, and where the one that is there is of no use."},
	{BIMIDomain, Text, Target, FromSOA | FromBIMI, "The domain whose BIMI record counts for the name, itself or its organisational domain."},
	{BIMIInherited, Bool, Target, FromSOA | FromBIMI, "The BIMI record that counts is that of the organisational domain above the name."},
	{BIMIRecord, Text, Target, FromSOA | FromBIMI, "The BIMI record that counts, or was meant to; long ones are cut, and what cannot be seen is written as its code."},
	{BIMIBroken, Bool, Target, FromSOA | FromBIMI, "A BIMI record was published and is of no use: one that is refused, several, or a text that is passed over because it does not begin as a record. Unknown where the draft leaves it to who reads it."},
	{BIMIDeclined, Bool, Target, FromSOA | FromBIMI, "The BIMI record says on purpose that no logo is to be shown: its tags l and a are empty."},
	{BIMIAlias, Text, Target, FromSOA | FromBIMI, "The name to which an alias (CNAME) at the place of the BIMI record leads; unknown where there is none."},

	// What is wrong in it.
	{BIMIFaulty, Bool, Target, FromSOA | FromBIMI, "The record is not as the draft has it, in whatever point, or there are several."},
	{BIMIFaults, List, Target, FromSOA | FromBIMI, "These points, ten at most: column in the text, what stands there, what is wrong."},
	{BIMIIgnored, Bool, Target, FromSOA | FromBIMI, "By the draft no logo is shown by such a record. Unknown where the draft leaves it to who reads it."},

	// The logo.
	{BIMILogoURL, Text, Target, FromSOA | FromBIMI, "Where the record says that the logo is."},
	{BIMILogoFaulty, Bool, Target, FromSOA | FromBIMI | FromBIMIFiles, "The logo cannot be fetched by anybody, or is not as the profile SVG Tiny PS and the advice of Google and the BIMI group have it."},
	{BIMILogoFaults, List, Target, FromSOA | FromBIMI | FromBIMIFiles, "These points, ten at most."},
	{BIMILogoRefused, Bool, Target, FromSOA | FromBIMI | FromBIMIFiles, "Some of these keeps the logo from being shown. Unknown where that is left to who shows it."},

	// The mark certificate.
	{BIMIMarkNamed, Bool, Target, FromSOA | FromBIMI, "The record names a mark certificate (tag a)."},
	{BIMIMarkURL, Text, Target, FromSOA | FromBIMI, "Where the record says that the mark certificate is."},
	{BIMIMarkFaulty, Bool, Target, FromSOA | FromBIMI | FromBIMIFiles, "The mark certificate cannot be fetched by anybody, or something in it is wrong for everybody to see: dates, purpose, domains, logo, the signature of its issuer."},
	{BIMIMarkFaults, List, Target, FromSOA | FromBIMI | FromBIMIFiles, "These points."},
	{BIMIMarkRefused, Bool, Target, FromSOA | FromBIMI | FromBIMIFiles, "Some of these makes the certificate useless. Unknown where that is left to who reads it."},
	{BIMIMarkTrusted, Bool, Target, FromSOA | FromBIMI | FromBIMIFiles, "An authority that mailbox providers trust for marks issued the certificate. Never a yes: each of them has a list of its own, which is not known here. No where the certificate is of no use whoever issued it."},
	{BIMIMarkEnds, Text, Target, FromSOA | FromBIMI | FromBIMIFiles, "The last day of the mark certificate."},
}
