package message

import (
	"strings"
	"testing"

	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// A message that arrived at mx.example.net from 203.0.113.25, signed by example.com, whose records are in order, is the beginning of each
// situation; some of it is otherwise.
type situation struct {
	name    string
	message func(*letter)
	zone    world
	// "yes", "no", or "unknown: " and the code, of SPF, DKIM, DMARC and alignment.
	spf, dkim, dmarc, aligned string
}

const (
	yes          = "yes"
	no           = "no"
	ambiguous    = "unknown: ambiguous"
	differs      = "unknown: disagreement"
	other        = "unknown: needs_message"
	failed       = "unknown: servfail"
	otherHost    = "from out.esp.example (out.esp.example [198.51.100.9]) by mx.example.net (Postfix) with ESMTPS id 1; Mon, 30 Nov 2026 10:00:00 +0000"
	greetingLine = "from mail.example.com (mail.example.com [203.0.113.25]) by mx.example.net (Postfix) with ESMTPS id 1; Mon, 30 Nov 2026 10:00:00 +0000"
)

// The table was written before the code: how each situation has to end.
var situations = []situation{
	{name: "all in order", spf: yes, dkim: yes, dmarc: yes, aligned: yes},

	// SPF.
	{name: "another address, not authorised", message: edge(otherHost), spf: no, dkim: yes, dmarc: yes, aligned: yes},
	{name: "softfail", message: edge(otherHost), zone: world{"example.com": "v=spf1 ip4:203.0.113.25 ~all"}, spf: no, dkim: yes, dmarc: yes, aligned: yes},
	{name: "neutral", message: edge(otherHost), zone: world{"example.com": "v=spf1 ?all"}, spf: no, dkim: yes, dmarc: yes, aligned: yes},
	{name: "no SPF record", zone: world{"example.com": ""}, spf: no, dkim: yes, dmarc: yes, aligned: yes},
	{name: "an SPF record in error", zone: world{"example.com": "v=spf1 ip5:1"}, spf: no, dkim: yes, dmarc: yes, aligned: yes},
	{name: "an include that fails", zone: world{"example.com": "v=spf1 include:a.example.com -all", "a.example.com": "FAIL"}, spf: failed, dkim: yes, dmarc: yes, aligned: yes},
	{name: "the SPF record fails", zone: world{"example.com": "FAIL"}, spf: failed, dkim: yes, dmarc: yes, aligned: yes},
	{name: "not authorised, and the receiver saw it pass", message: both(edge(otherHost), results("spf=pass smtp.mailfrom=bounce@example.com")), spf: differs, dkim: yes, dmarc: yes, aligned: yes},
	{name: "not authorised, and the receiver saw that too", message: both(edge(otherHost), results("spf=fail smtp.mailfrom=bounce@example.com")), spf: no, dkim: yes, dmarc: yes, aligned: yes},
	{name: "authorised since", message: results("spf=fail smtp.mailfrom=bounce@example.com"), spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "another sender of the envelope", message: sentBy("<b@esp.example>"), zone: world{"esp.example": "v=spf1 ip4:203.0.113.25 -all"}, spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "no sender, and the greeting passes", message: sentBy("<>"), zone: world{"mail.example.com": "v=spf1 ip4:203.0.113.25 -all"}, spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "no sender, and the greeting does not", message: sentBy("<>"), zone: world{"mail.example.com": "v=spf1 -all"}, spf: no, dkim: yes, dmarc: yes, aligned: yes},
	{name: "no Return-Path, and the receiver names the sender", message: both(sentBy(""), results("spf=pass smtp.mailfrom=example.com")), spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "no Return-Path at all", message: sentBy(""), spf: ambiguous, dkim: yes, dmarc: yes, aligned: yes},
	{name: "Return-Path against the receiver", message: results("spf=pass smtp.mailfrom=x@esp.example"), spf: ambiguous, dkim: yes, dmarc: yes, aligned: yes},

	// Which hop is the receiver's edge.
	{name: "no Received line", message: edge(""), spf: other, dkim: yes, dmarc: yes, aligned: yes},
	{name: "a further server of the receiver", message: above("Received: from mx.example.net (mx.example.net [192.0.2.7]) by store.example.net with LMTP id 2; Mon, 30 Nov 2026 10:00:01 +0000"), spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "an address alone as the receiver's store", message: above("Received: by 2002:a05:6402:1 with SMTP id 2; Mon, 30 Nov 2026 10:00:01 +0000"), spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "the sender's own lines below", message: below("Received: from pc.example.com ([10.0.0.5]) by mail.example.com with ESMTPSA id 3; Mon, 30 Nov 2026 09:59:59 +0000"), spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "a private address at the edge", message: edge(strings.Replace(greetingLine, "203.0.113.25", "10.0.0.1", 1)), spf: ambiguous, dkim: yes, dmarc: yes, aligned: yes},
	{name: "no address at the edge", message: edge("from mail.example.com by mx.example.net; Mon, 30 Nov 2026 10:00:00 +0000"), spf: ambiguous, dkim: yes, dmarc: yes, aligned: yes},
	{name: "two addresses at the edge", message: edge("from mail.example.com (mail.example.com [203.0.113.25] (may be forged) [198.51.100.9]) by mx.example.net; Mon, 30 Nov 2026 10:00:00 +0000"), spf: ambiguous, dkim: yes, dmarc: yes, aligned: yes},
	{name: "Exchange writes the address in brackets", message: edge("from mail.example.com (203.0.113.25) by mx.example.net (10.1.1.1) with Microsoft SMTP Server id 15; Mon, 30 Nov 2026 10:00:00 +0000"), spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "Exim writes it so", message: edge("from mail.example.com ([203.0.113.25]:4711 helo=mail.example.com) by mx.example.net with esmtps (Exim 4.98) id 1; Mon, 30 Nov 2026 10:00:00 +0000"), spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "qmail writes it so", message: edge("from unknown (HELO mail.example.com) (203.0.113.25) by mx.example.net with SMTP; 30 Nov 2026 10:00:00 -0000"), spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "an IPv6 address", message: edge("from mail.example.com (mail.example.com [IPv6:2001:db8::25]) by mx.example.net; Mon, 30 Nov 2026 10:00:00 +0000"), zone: world{"example.com": "v=spf1 ip6:2001:db8::25 -all"}, spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "a greeting that looks like an address", message: edge("from [198.51.100.9] (mail.example.com [203.0.113.25]) by mx.example.net; Mon, 30 Nov 2026 10:00:00 +0000"), spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "the receiver names the address", message: both(edge("from 10.9.9.9 by mx.example.net; Mon, 30 Nov 2026 10:00:00 +0000"), above("Received-SPF: pass (mx.example.net: domain of bounce@example.com designates 203.0.113.25 as permitted sender) client-ip=203.0.113.25; envelope-from=bounce@example.com; helo=mail.example.com;")), spf: ambiguous, dkim: yes, dmarc: yes, aligned: yes},
	{name: "the receiver names another address", message: above("Received-SPF: fail (mx.example.net: no) client-ip=198.51.100.9; envelope-from=bounce@example.com; receiver=mx.example.net"), spf: ambiguous, dkim: yes, dmarc: yes, aligned: yes},
	{name: "forged lines below the edge", message: below("Received-SPF: fail client-ip=198.51.100.9; receiver=mx.other.example", "Authentication-Results: mx.other.example; spf=fail; dkim=fail header.d=example.com"), spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "passed on, and the address of who did is not authorised", message: both(edge(otherHost), below("Received: from mail.example.com (mail.example.com [203.0.113.25]) by out.esp.example with ESMTP id 7; Mon, 30 Nov 2026 09:59:00 +0000", "Authentication-Results: out.esp.example; spf=pass smtp.mailfrom=example.com")), spf: ambiguous, dkim: yes, dmarc: yes, aligned: yes},
	{name: "passed on by somebody who is authorised", message: below("Received: from a ([198.51.100.9]) by mail.example.com; Mon, 30 Nov 2026 09:59:00 +0000", "ARC-Authentication-Results: i=1; mail.example.com; spf=fail"), spf: yes, dkim: yes, dmarc: yes, aligned: yes},

	{name: "handed in by its sender, to a mailbox in the same house", message: both(unsigned, edge("from pc ([198.51.100.9]) (Authenticated sender: jo) by mail.example.com (Postfix) with ESMTPSA id 1 for <al@example.com>; Mon, 30 Nov 2026 10:00:00 +0000")), spf: other, dkim: other, dmarc: other, aligned: yes},
	{name: "so by Exim, and stored by another server", message: both(both(unsigned, edge("from [198.51.100.9] (helo=pc) by mail.example.com with esmtpsa (TLS1.3) (Exim 4.98) id 1; Mon, 30 Nov 2026 10:00:00 +0000")), above("Received: from mail.example.com ([192.0.2.7]) by store.example.com with LMTP id 2; Mon, 30 Nov 2026 10:00:01 +0000")), spf: other, dkim: other, dmarc: other, aligned: yes},
	{name: "a filter in front of the receiver", message: both(both(unsigned, edge(otherHost)), below("Received: from mail.example.com (mail.example.com [203.0.113.25]) by in.esp.example with ESMTPS id 7; Mon, 30 Nov 2026 09:59:59 +0000")), spf: ambiguous, dkim: no, dmarc: ambiguous, aligned: yes},
	{name: "a relay to which the sender logged in from an authorised address", message: both(edge(otherHost), below("Received: from pc ([203.0.113.25]) by out.esp.example with ESMTPSA id 7; Mon, 30 Nov 2026 09:59:59 +0000")), spf: no, dkim: yes, dmarc: yes, aligned: yes},
	{name: "another server on the way, not authorised either", message: both(edge(otherHost), below("Received: from x ([198.51.100.77]) by out.esp.example with ESMTP id 7; Mon, 30 Nov 2026 09:59:59 +0000")), spf: no, dkim: yes, dmarc: yes, aligned: yes},

	// DKIM.
	{name: "no signature", message: unsigned, spf: yes, dkim: no, dmarc: yes, aligned: yes},
	{name: "no signature, and the receiver saw one", message: both(unsigned, results("dkim=pass header.d=example.com")), spf: yes, dkim: ambiguous, dmarc: yes, aligned: yes},
	{name: "no signature, and no line of a server", message: both(unsigned, edge("")), spf: other, dkim: other, dmarc: other, aligned: yes},
	{name: "a changed body", message: footer, spf: yes, dkim: ambiguous, dmarc: yes, aligned: yes},
	{name: "a changed body, and the receiver saw it fail", message: both(footer, results(`dkim=fail reason="body hash did not verify" header.d=example.com`)), spf: yes, dkim: no, dmarc: yes, aligned: yes},
	{name: "a changed body, and the receiver saw it pass", message: both(footer, results("dkim=pass header.d=example.com")), spf: yes, dkim: ambiguous, dmarc: yes, aligned: yes},
	{name: "a changed body, and others saw it fail", message: both(footer, below("Received: from a ([198.51.100.9]) by mail.example.com; Mon, 30 Nov 2026 09:59:00 +0000", "Authentication-Results: mail.example.com; dkim=fail header.d=example.com")), spf: yes, dkim: ambiguous, dmarc: yes, aligned: yes},
	{name: "a changed body, and the receiver saw the signature of another domain fail", message: both(footer, results("dkim=fail header.d=esp.example")), spf: yes, dkim: ambiguous, dmarc: yes, aligned: yes},
	{name: "a changed body, and the receiver had no key", message: both(footer, results("dkim=temperror header.d=example.com")), spf: yes, dkim: ambiguous, dmarc: yes, aligned: yes},
	{name: "a changed subject", message: subject, spf: yes, dkim: ambiguous, dmarc: yes, aligned: yes},
	{name: "a changed subject, and the receiver saw it fail", message: both(subject, results("dkim=fail header.i=@example.com")), spf: yes, dkim: no, dmarc: yes, aligned: yes},
	{name: "an older receiver saw it fail, and it verifies", message: results("dkim=fail header.d=example.com"), spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "the key is gone", zone: world{"sel._domainkey.example.com": ""}, spf: yes, dkim: ambiguous, dmarc: yes, aligned: yes},
	{name: "the key is gone, and the receiver had none", message: results("dkim=permerror (no key for signature) header.d=example.com"), zone: world{"sel._domainkey.example.com": ""}, spf: yes, dkim: no, dmarc: yes, aligned: yes},
	{name: "the key is another one", zone: world{"sel._domainkey.example.com": "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}, spf: yes, dkim: ambiguous, dmarc: yes, aligned: yes},
	{name: "the key is withdrawn", zone: world{"sel._domainkey.example.com": "v=DKIM1; p="}, spf: yes, dkim: ambiguous, dmarc: yes, aligned: yes},
	{name: "the key is broken", zone: world{"sel._domainkey.example.com": "v=DKIM1; p=!!"}, spf: yes, dkim: ambiguous, dmarc: yes, aligned: yes},
	{name: "the key fails", zone: world{"sel._domainkey.example.com": "FAIL"}, spf: yes, dkim: failed, dmarc: yes, aligned: yes},
	{name: "expired when it arrived", message: expired("2026-11-29T00:00:00Z"), spf: yes, dkim: no, dmarc: yes, aligned: yes},
	{name: "expired since", message: both(expired("2026-11-29T00:00:00Z"), edge(strings.Replace(greetingLine, "30 Nov 2026", "20 Nov 2026", 1))), spf: yes, dkim: ambiguous, dmarc: yes, aligned: yes},
	{name: "a signature over a part of the body", message: tag("l=3; "), spf: yes, dkim: ambiguous, dmarc: yes, aligned: yes},
	{name: "a tag twice", message: tag("s=sel; "), spf: yes, dkim: no, dmarc: yes, aligned: yes},
	{name: "an agent of another domain", message: tag("i=@esp.example; "), spf: yes, dkim: no, dmarc: yes, aligned: yes},
	{name: "sha1", message: replaced("a=ed25519-sha256", "a=rsa-sha1"), spf: yes, dkim: no, dmarc: yes, aligned: yes},
	{name: "two signatures, one of which verifies", message: signedBy(second, broken), spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "two signatures, none verifies", message: both(signedBy(second, first), footer), spf: yes, dkim: ambiguous, dmarc: yes, aligned: yes},
	{name: "two signatures, and the receiver saw both fail", message: both(both(signedBy(second, first), footer), results("dkim=fail header.d=example.com header.s=sel", "dkim=fail header.d=esp.example header.s=two")), spf: yes, dkim: no, dmarc: yes, aligned: yes},
	{name: "two signatures, and the receiver saw one fail", message: both(both(signedBy(second, first), footer), results("dkim=fail header.d=example.com header.s=sel")), spf: yes, dkim: ambiguous, dmarc: yes, aligned: yes},
	{name: "an oversigned header", message: oversigned, spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "an oversigned header, and a field was added", message: both(oversigned, added("Subject: second")), spf: yes, dkim: ambiguous, dmarc: yes, aligned: yes},
	{name: "a header alone", message: headerOnly, spf: yes, dkim: ambiguous, dmarc: yes, aligned: yes},
	{name: "saved with other line ends", message: bareLines, spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "below the first line of a mailbox", message: mailbox, spf: yes, dkim: yes, dmarc: yes, aligned: yes},

	// Alignment and DMARC.
	{name: "SPF for another domain, no signature", message: both(unsigned, sentBy("<b@esp.example>")), zone: world{"esp.example": "v=spf1 ip4:203.0.113.25 -all"}, spf: yes, dkim: no, dmarc: no, aligned: no},
	{name: "SPF and signature for another domain", message: both(signedBy(second), sentBy("<b@esp.example>")), zone: world{"esp.example": "v=spf1 ip4:203.0.113.25 -all"}, spf: yes, dkim: yes, dmarc: no, aligned: no},
	{name: "a signature for a name below", message: both(signedBy(lower), sentBy("<b@esp.example>")), zone: world{"esp.example": "v=spf1 -all"}, spf: no, dkim: yes, dmarc: yes, aligned: yes},
	{name: "a signature for a name below, strictly", message: both(signedBy(lower), sentBy("<b@esp.example>")), zone: world{"esp.example": "v=spf1 -all", "_dmarc.example.com": "v=DMARC1; p=reject; adkim=s"}, spf: no, dkim: yes, dmarc: no, aligned: no},
	{name: "SPF for a name below", message: both(unsigned, sentBy("<b@news.example.com>")), zone: world{"news.example.com": "v=spf1 ip4:203.0.113.25 -all"}, spf: yes, dkim: no, dmarc: yes, aligned: yes},
	{name: "SPF for a name below, strictly", message: both(unsigned, sentBy("<b@news.example.com>")), zone: world{"news.example.com": "v=spf1 ip4:203.0.113.25 -all", "_dmarc.example.com": "v=DMARC1; p=reject; aspf=s"}, spf: yes, dkim: no, dmarc: no, aligned: no},
	{name: "SPF for a name below that is an organisation of its own", message: both(unsigned, sentBy("<b@news.example.com>")), zone: world{"news.example.com": "v=spf1 ip4:203.0.113.25 -all", "_dmarc.news.example.com": "v=DMARC1; p=none; psd=n"}, spf: yes, dkim: no, dmarc: no, aligned: no},
	{name: "nothing passes", message: both(unsigned, edge(otherHost)), spf: no, dkim: no, dmarc: no, aligned: yes},
	{name: "a changed body and no SPF", message: both(footer, edge(otherHost)), spf: no, dkim: ambiguous, dmarc: ambiguous, aligned: yes},
	{name: "no DMARC record", zone: world{"_dmarc.example.com": ""}, spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "the DMARC record fails, and nothing hangs on it", zone: world{"_dmarc.example.com": "FAIL"}, spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "the DMARC record fails, and the mode hangs on it", message: both(unsigned, sentBy("<b@news.example.com>")), zone: world{"news.example.com": "v=spf1 ip4:203.0.113.25 -all", "_dmarc.example.com": "FAIL"}, spf: yes, dkim: no, dmarc: failed, aligned: failed},

	// Authors.
	{name: "no author", message: from(""), spf: ambiguous, dkim: ambiguous, dmarc: ambiguous, aligned: ambiguous},
	{name: "two fields of authors", message: from("a@example.com", "b@example.com"), spf: ambiguous, dkim: ambiguous, dmarc: ambiguous, aligned: ambiguous},
	{name: "two authors of two domains", message: from("a@example.com, b@example.org"), spf: ambiguous, dkim: ambiguous, dmarc: ambiguous, aligned: ambiguous},
	{name: "two authors of one domain", message: from("a@example.com, b@Example.COM"), spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "a name that looks like an address", message: from(`"b@example.org" <a@example.com>`), spf: yes, dkim: yes, dmarc: yes, aligned: yes},
	{name: "an author of another organisation", message: from("a@example.org"), spf: other, dkim: other, dmarc: other, aligned: other},
	{name: "an author below the target", message: from("a@news.example.com"), spf: yes, dkim: yes, dmarc: yes, aligned: yes},
}

func TestSituations(t *testing.T) {
	if len(situations) < 60 {
		t.Errorf("%d situations", len(situations))
	}
	for _, s := range situations {
		t.Run(s.name, func(t *testing.T) {
			set := derived(t, s.message, s.zone)
			for fact, want := range map[facts.Name]string{facts.MessageSPFPass: s.spf, facts.MessageDKIMPass: s.dkim,
				facts.MessageDMARCPass: s.dmarc, facts.MessageAligned: s.aligned} {
				scene.WantAbout(t, s.name, set, facts.Subject{Kind: facts.Target, Name: "example.com"}, fact, want)
			}
		})
	}
}

// Whether any signature fails is another question than whether one verifies.
func TestSomeSignatureFails(t *testing.T) {
	bothSeen := results("dkim=pass header.d=esp.example header.s=two", "dkim=fail header.d=example.com header.s=gone")
	for name, test := range map[string]struct {
		message func(*letter)
		want    string
	}{
		"one that verifies":                  {nil, no},
		"none":                               {unsigned, yes},
		"two that verify":                    {signedBy(second, first), no},
		"one verifies, the other fails here": {signedBy(second, broken), ambiguous},
		"one verifies, the other failed there too": {both(signedBy(second, broken), bothSeen), yes},
		"one verifies, the other is faulty":        {both(signedBy(first, second), tag("s=x; ")), yes},
	} {
		scene.WantAbout(t, name, derived(t, test.message, nil), facts.Subject{Kind: facts.Target, Name: "example.com"}, facts.MessageDKIMFails, test.want)
	}
}
