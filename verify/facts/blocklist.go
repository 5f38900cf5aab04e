package facts

// The names of the facts about an address or a name on a block list (RFC 5782).
const (
	// What the list says now.
	BlockListed     Name = "blocklist.listed"
	BlockListCodes  Name = "blocklist.codes"
	BlockListMeans  Name = "blocklist.meanings"
	BlockListScope  Name = "blocklist.scope"
	BlockListText   Name = "blocklist.text"
	BlockListWorld  Name = "blocklist.everything"
	BlockListQuery  Name = "blocklist.query"
	BlockListServer Name = "blocklist.server"

	// What kind of list it is.
	BlockListClosed  Name = "blocklist.closed"
	BlockListEnd     Name = "blocklist.end"
	BlockListHolds   Name = "blocklist.holds"
	BlockListAbout   Name = "blocklist.about"
	BlockListUse     Name = "blocklist.use"
	BlockListUsedBy  Name = "blocklist.used_by"
	BlockListPage    Name = "blocklist.page"
	BlockListPaid    Name = "blocklist.paid"
	BlockListRemoval Name = "blocklist.removal"
)

// The values of blocklist.scope, the narrowest first: whom an entry blames.
const (
	ScopeAddress = "address" // the address itself, or for a name list the name
	ScopeRange   = "range"   // a range around the address, for what others in it did
	ScopeNetwork = "network" // all of a provider's network
	ScopePolicy  = "policy"  // nobody: addresses that are not meant to send mail to strangers themselves
)

// The values of blocklist.use.
const (
	UseMany = "many" // many receivers refuse or filter mail by it
	UseFew  = "few"  // nobody of weight is known to
	UseNone = "none" // nobody can any more
)

// The values of blocklist.holds.
const (
	HoldsAddresses = "addresses"
	HoldsNames     = "names"
)

// blocklistFacts declares them. What the list says rests on the word of the servers of its zone, and counts only where each of them gives
// the list's own test entries as RFC 5782 section 5 wants them. What kind of list it is stands in the table of lists.
var blocklistFacts = []Definition{
	// What the list says now.
	{BlockListed, Bool, Listing, FromBlockLists, "The list holds an entry for the address, or for the name. Unknown where the list refuses to answer, does not give its own test entries rightly, gives answers that are no entries, or is asked only with a key that is not there."},
	{BlockListCodes, List, Listing, FromBlockLists, "The return codes of the entry; unknown where there is none."},
	{BlockListMeans, List, Listing, FromBlockLists, "What the return codes of the entry mean, by the operator of the list; unknown where there is none."},
	{BlockListScope, Text, Listing, FromBlockLists, "Whom the entry blames: address (the address or name itself), range, network (all of the provider's), or policy (nobody: addresses that should not send to strangers themselves). Of several codes the narrowest counts. Unknown where there is no entry."},
	{BlockListText, Text, Listing, FromBlockLists, "What the list itself says of the entry (its TXT record), cut if long; unknown where it says nothing."},
	{BlockListWorld, Bool, Listing, FromBlockLists, "The list holds an entry for everything, its own entry that must not be there included, as lists do that were given up. Of a list that many use it is not believed."},
	{BlockListQuery, Text, Listing, FromBlockLists, "The name that was asked for at the list. A key is written as your-key in it."},
	{BlockListServer, Text, Listing, FromBlockLists, "The address of the first server of the list that answered."},

	// What kind of list it is.
	{BlockListClosed, Bool, Listing, FromBlockLists, "The list was closed by its operator, and is not asked any more."},
	{BlockListEnd, Text, Listing, FromBlockLists, "When and how it was closed, and who says so; unknown where it was not."},
	{BlockListHolds, Text, Listing, FromBlockLists, "What the list holds: addresses or names."},
	{BlockListAbout, Text, Listing, FromBlockLists, "What the list is about, in words; unknown where nobody is known to say."},
	{BlockListUse, Text, Listing, FromBlockLists, "Who goes by the list: many receivers; few, of whom none of weight is known; or none."},
	{BlockListUsedBy, Text, Listing, FromBlockLists, "Who says so, and when it was last read; unknown where nobody does."},
	{BlockListPage, Text, Listing, FromBlockLists, "The page of the list at which everybody can look an entry up; unknown where none is known."},
	{BlockListPaid, Bool, Listing, FromBlockLists, "The operator takes money for a faster removal."},
	{BlockListRemoval, Text, Listing, FromBlockLists, "How an entry is removed; unknown where that is not known."},
}
