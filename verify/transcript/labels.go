package transcript

// The labels of what is asked beside the plain course of a session. Facts are derived from the events by them.
const (
	// They stand in saved bundles: a label that is changed makes the answers under the old one unread in a replay. Those that end
	// with a blank go on with a mailbox or a form.
	AboutPlain          = "tls-required: without encryption"
	AboutRelayControl   = "relay: control, postmaster of the tested name"
	AboutRelayFirst     = "relay: foreign domain"
	AboutRelaySecond    = "relay: second foreign domain"
	AboutRelayInvalid   = "relay: domain that does not exist"
	AboutRelayNull      = "relay: foreign domain, null sender"
	AboutRelayOdd       = "relay: odd form, "
	AboutPostmaster     = "postmaster: from us, to "
	AboutPostmasterNull = "postmaster: from the null sender, to "
	AboutVRFYKnown      = "vrfy: mailbox that must exist"
	AboutVRFYRandom     = "vrfy: mailbox that cannot exist"
	AboutEXPNKnown      = "expn: mailbox that must exist"
	AboutEXPNRandom     = "expn: list that cannot exist"
)
