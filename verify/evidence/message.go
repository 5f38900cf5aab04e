package evidence

// Message is what was kept of a message that was given beside the report. Its body is not, nor are its subject, its recipients and its
// attachments: what they hold is nobody's business but the correspondents'. What a signature says of them was found out while the whole
// message was at hand (Checks). In the fields that are kept the part of each mail address before the @ is left out, but for that of the
// sender of the envelope, of which the SPF record may ask; so are names of people who logged in, the recipient in Delivered-To and
// X-Forwarded-To, and the copies of fields in a signature (z).
type Message struct {
	Size    int           `json:"size"`    // of the message as it was given, in bytes
	From    []string      `json:"from"`    // domains of the authors (RFC 5322 section 3.6.2), each once, in lower case
	Froms   int           `json:"froms"`   // how many fields From there are
	Sender  string        `json:"sender"`  // of the envelope, as the last server wrote it down (Return-Path); "<>" for none, "" if it is not there
	List    bool          `json:"list"`    // a mailing list left its traces (RFC 2369, RFC 2919)
	Fields  []HeaderField `json:"fields"`  // of the way of the message and of what servers found, the newest first
	Checks  []Check       `json:"checks"`  // of the fields DKIM-Signature, in their order; those beyond the list were not looked at
	Cut     string        `json:"cut"`     // why not all of the message was read, or ""
	Several int           `json:"several"` // how many messages were given where none could be chosen; then there is no more than this
}

// HeaderField is a field of the header, unfolded.
type HeaderField struct {
	Name  string `json:"name"` // as it is written
	Value string `json:"value"`
}

// Check is what became of the check of one DKIM signature, with the key that the name servers gave at the time of the run.
type Check struct {
	Result  CheckResult `json:"result"`
	Problem string      `json:"problem"` // in the words of whoever checked it, or ""
}

// CheckResult is how the check of a signature ended.
type CheckResult string

// The results. The zero value says that it was not checked.
const (
	Verifies     CheckResult = "verifies"
	BodyDiffers  CheckResult = "body"      // the body is not the one that was signed
	WrongSign    CheckResult = "signature" // the header is not the one that was signed, or the key is another one
	UnusableKey  CheckResult = "key"       // the key is missing, withdrawn, broken, too short, or of another kind
	Unverifiable CheckResult = "signed"    // the signature itself cannot be verified, whatever the key
)
