package record

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"testing"
)

// modulus is an odd number of so many bits. Nobody signs with it, so that it need not be the product of two primes.
func modulus(bits int) *big.Int {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	return n.Add(n, big.NewInt(12345))
}

func encoded(der []byte) string { return base64.StdEncoding.EncodeToString(der) }

// spki is an RSA key as verifiers read it.
func spki(t testing.TB, bits, exponent int) []byte {
	der, err := x509.MarshalPKIXPublicKey(&rsa.PublicKey{N: modulus(bits), E: exponent})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// material fills in keys where a text has a word between braces.
func material(t testing.TB) *strings.Replacer {
	long := spki(t, 2048, 65537)
	point := bytes.Repeat([]byte{7}, ed25519.PublicKeySize)
	wrapped, err := x509.MarshalPKIXPublicKey(ed25519.PublicKey(point))
	if err != nil {
		t.Fatal(err)
	}
	whole := encoded(long)
	return strings.NewReplacer(
		"{512}", encoded(spki(t, 512, 65537)), "{768}", encoded(spki(t, 768, 65537)), "{1023}", encoded(spki(t, 1023, 65537)),
		"{1024}", encoded(spki(t, 1024, 65537)), "{2048}", whole, "{4096}", encoded(spki(t, 4096, 65537)), "{8192}", encoded(spki(t, 8192, 65537)),
		"{e3}", encoded(spki(t, 2048, 3)), "{e1}", encoded(spki(t, 2048, 1)), "{e4}", encoded(spki(t, 2048, 4)),
		"{bare}", encoded(x509.MarshalPKCS1PublicKey(&rsa.PublicKey{N: modulus(2048), E: 65537})),
		"{half}", whole[:200], "{begin}", whole[:100], "{rest}", whole[100:], "{unpadded}", strings.TrimRight(encoded(spki(t, 2056, 65537)), "="),
		"{trailing}", encoded(append(bytes.Clone(long), 0, 0, 0)), "{noise}", encoded(bytes.Repeat([]byte{0xab}, 100)),
		"{ed}", encoded(point), "{ed-spki}", encoded(wrapped), "{ed-31}", encoded(point[:31]), "{ed-text}", encoded([]byte(strings.Repeat("07", 32))),
	)
}

// texts are records made by hand, the strings of the TXT record joined, with what the standards make of them (RFC 6376 section 3.6.1, RFC
// 8301, RFC 8463): type, size, what is special, the worst harm, and where the faults stand.
var texts = []struct{ text, want string }{
	// Sound ones.
	{"v=DKIM1; k=rsa; p={2048}", "rsa 2048 fine"},
	{"v=DKIM1;k=rsa;p={2048}", "rsa 2048 fine"},
	{"v=DKIM1; p={2048};", "rsa 2048 fine"},
	{"p={2048}", "rsa 2048 fine"},
	{"k=rsa; p={2048}", "rsa 2048 fine"},
	{"  v = DKIM1 ;\tk = rsa ; p = {2048} ", "rsa 2048 fine"},
	{"v=DKIM1; p={1024}", "rsa 1024 fine"},
	{"v=DKIM1; p={4096}", "rsa 4096 fine"},
	{"v=DKIM1; p={e3}", "rsa 2048 fine"},
	{"v=DKIM1; k=ed25519; p={ed}", "ed25519 fine"},
	{"v=DKIM1; k=ed25519; h=sha256; p={ed}", "ed25519 fine"},
	{"v=DKIM1; h=sha256; p={2048}", "rsa 2048 fine"},
	{"v=DKIM1; h=sha1:sha256; p={2048}", "rsa 2048 fine"},
	{"v=DKIM1; h= sha256 : sha1 ; p={2048}", "rsa 2048 fine"},
	{"v=DKIM1; h=sha256:sha512; p={2048}", "rsa 2048 fine"},
	{"v=DKIM1; s=email; p={2048}", "rsa 2048 fine"},
	{"v=DKIM1; s=*; p={2048}", "rsa 2048 fine"},
	{"v=DKIM1; s=tlsrpt:email; p={2048}", "rsa 2048 fine"},
	{"v=DKIM1; t=y; p={2048}", "rsa 2048 testing fine"},
	{"v=DKIM1; t=s; p={2048}", "rsa 2048 strict fine"},
	{"v=DKIM1; t=y:s; p={2048}", "rsa 2048 testing strict fine"},
	{"v=DKIM1; t= s : y ; p={2048}", "rsa 2048 testing strict fine"},
	{"v=DKIM1; n=ask postmaster=20here; p={2048}", "rsa 2048 fine"},
	{"v=DKIM1; x-new=1_2; p={2048}; z=", "rsa 2048 loose [10 x-new=1_2]"},
	{"v=DKIM1; x_new=12; p={2048}; z=", "rsa 2048 fine"},
	// What key holders make of a key that is too long for one string (RFC 6376 section 3.6.2.2): the strings are joined, blanks in them stay.
	{"v=DKIM1; p={begin} {rest}", "rsa 2048 fine"},
	{"v=DKIM1; p={begin}\t {rest}", "rsa 2048 fine"},
	{"v=DKIM1; p={begin}\r\n {rest}", "rsa 2048 fine"},
	{"v=DKIM1; p={begin}\" \"{rest}", "rsa unusable [112 \" \"]"},
	{"v=DKIM1; p={begin}\\{rest}", "rsa unusable [112 \\]"},
	{"v=DKIM1; p={begin};{rest}", "rsa unusable [10 p= 113 AAAA]"},
	{"v=DKIM1; p={half}", "rsa unusable [10 p=]"},
	// Withdrawn.
	{"v=DKIM1; p=", "rsa revoked fine"},
	{"v=DKIM1; k=rsa; p=;", "rsa revoked fine"},
	{"v=DKIM1; k=ed25519; p= ", "ed25519 revoked fine"},
	{"p=", "rsa revoked fine"},
	{"v=DKIM1; t=y; p=", "rsa testing revoked fine"},
	// The version.
	{"k=rsa; v=DKIM1; p={2048}", "rsa 2048 loose [8 v=DKIM1]"},
	{"p={2048}; v=DKIM1", "rsa 2048 loose [397 v=DKIM1]"},
	{"v=dkim1; p={2048}", "rsa 2048 unusable [1 v=dkim1]"},
	{"v=DKIM2; p={2048}", "rsa 2048 unusable [1 v=DKIM2]"},
	{"v=DKIM1.0; p={2048}", "rsa 2048 unusable [1 v=DKIM1.0]"},
	{"v=DKIM; p={2048}", "rsa 2048 unusable [1 v=DKIM]"},
	{"v=DKIM1\\; p={2048}", "rsa 2048 unusable [1 v=DKIM1\\]"},
	{"\"v=DKIM1; k=rsa; p={2048}\"", "rsa unusable [1 \"v=DKIM1 412 \"]"},
	{"DKIM1; k=rsa; p={2048}", "rsa 2048 loose [1 DKIM1]"},
	{"V=DKIM1; p={2048}", "rsa 2048 harmless [1 V=DKIM1]"},
	// The key is missing, or cannot be read.
	{"v=DKIM1", "rsa unusable [8]"},
	{"v=DKIM1; k=rsa", "rsa unusable [15]"},
	{"v=DKIM1; k=rsa; t=y", "rsa testing unusable [20]"},
	{"v=DKIM1; k=rsa p={2048}", "? unusable [10 k=rsa p= 410]"},
	{"v=DKIM1; P={2048}", "rsa unusable [10 P= 404]"},
	{"v=DKIM1; p", "rsa unusable [10 p 11]"},
	{"v=DKIM1; p={noise}", "rsa unusable [10 p=]"},
	{"v=DKIM1; p=MIGfMA0GCSqGSIb3DQ…", "rsa unusable [30 …]"},
	{"v=DKIM1; p=-----BEGIN PUBLIC KEY-----{2048}", "rsa unusable [12 -----]"},
	{"v=DKIM1; p=_-{2048}", "rsa unusable [12 _-]"},
	{"v=DKIM1; p=your public key", "rsa unusable [10 p=your public key]"},
	{"v=DKIM1; p=<key>", "rsa unusable [12 <]"},
	{"v=DKIM1; p=A", "rsa unusable [10 p=A]"},
	{"v=DKIM1; p===", "rsa unusable [12 =]"},
	{"v=DKIM1; p=AB=CDE", "rsa unusable [14 =]"},
	{"v=DKIM1; p={unpadded}", "rsa 2056 loose [10 p=]"},
	{"v=DKIM1; p={trailing}", "rsa 2048 loose [10 p=]"},
	{"v=DKIM1; p={bare}", "rsa 2048 loose [10 p=]"},
	{"v=DKIM1; p={e1}", "rsa 2048 unusable [10 p=]"},
	{"v=DKIM1; p={e4}", "rsa 2048 unusable [10 p=]"},
	// Sizes (RFC 8301 section 3.2).
	{"v=DKIM1; p={512}", "rsa 512 unusable [10 p=]"},
	{"v=DKIM1; p={768}", "rsa 768 unusable [10 p=]"},
	{"v=DKIM1; p={1023}", "rsa 1023 unusable [10 p=]"},
	{"v=DKIM1; p={8192}", "rsa 8192 loose [10 p=]"},
	// Types (RFC 8463).
	{"v=DKIM1; k=RSA; p={2048}", "rsa 2048 loose [10 k=RSA]"},
	{"v=DKIM1; k=Ed25519; p={ed}", "ed25519 loose [10 k=Ed25519]"},
	{"v=DKIM1; k=; p={2048}", "? unusable [10 k=]"},
	{"v=DKIM1; k=rsa2048; p={2048}", "? unusable [10 k=rsa2048]"},
	{"v=DKIM1; k=dsa; p={2048}", "? unusable [10 k=dsa]"},
	{"v=DKIM1; k=ed25519; p={2048}", "ed25519 unusable [21 p=]"},
	{"v=DKIM1; k=ed25519; p={ed-spki}", "ed25519 unusable [21 p=]"},
	{"v=DKIM1; k=ed25519; p={ed-31}", "ed25519 unusable [21 p=]"},
	{"v=DKIM1; k=ed25519; p={ed-text}", "ed25519 unusable [21 p=]"},
	{"v=DKIM1; k=rsa; p={ed}", "rsa unusable [17 p=]"},
	{"v=DKIM1; k=rsa; p={ed-spki}", "rsa unusable [17 p=]"},
	// Hashes, services, flags.
	{"v=DKIM1; h=sha1; p={2048}", "rsa 2048 unusable [10 h=sha1]"},
	{"v=DKIM1; h=sha512; p={2048}", "rsa 2048 unusable [10 h=sha512]"},
	{"v=DKIM1; h=sha-256; p={2048}", "rsa 2048 unusable [10 h=sha-256]"},
	{"v=DKIM1; h=SHA256; p={2048}", "rsa 2048 loose [10 h=SHA256]"},
	{"v=DKIM1; h=; p={2048}", "rsa 2048 loose [10 h=]"},
	{"v=DKIM1; h=rsa-sha256; p={2048}", "rsa 2048 unusable [10 h=rsa-sha256]"},
	{"v=DKIM1; k=ed25519; h=sha1; p={ed}", "ed25519 unusable [21 h=sha1]"},
	{"v=DKIM1; s=tlsrpt; p={2048}", "rsa 2048 other-service fine"},
	{"v=DKIM1; s=selector1; p={2048}", "rsa 2048 unusable [10 s=selector1]"},
	{"v=DKIM1; s=Email; p={2048}", "rsa 2048 loose [10 s=Email]"},
	{"v=DKIM1; s=; p={2048}", "rsa 2048 loose [10 s=]"},
	{"v=DKIM1; t=; p={2048}", "rsa 2048 harmless [10 t=]"},
	{"v=DKIM1; t=Y; p={2048}", "rsa 2048 harmless [10 t=Y]"},
	{"v=DKIM1; t=n; p={2048}", "rsa 2048 fine"},
	{"v=DKIM1; t=s,y; p={2048}", "rsa 2048 harmless [10 t=s,y]"},
	{"v=DKIM1; g=*; p={2048}", "rsa 2048 fine"},
	{"v=DKIM1; g=; p={2048}", "rsa 2048 harmless [10 g=]"},
	{"v=DKIM1; g=joe; p={2048}", "rsa 2048 harmless [10 g=joe]"},
	// The list of tags (RFC 6376 section 3.2).
	{"v=DKIM1;; p={2048}", "rsa 2048 loose [9 ;]"},
	{"; v=DKIM1; p={2048}", "rsa 2048 loose [1 ;]"},
	{"v=DKIM1; p={2048};;", "rsa 2048 loose [405 ;]"},
	{"v=DKIM1; k=rsa; k=rsa; p={2048}", "rsa 2048 loose [17 k=rsa]"},
	{"v=DKIM1; k=rsa; k=ed25519; p={2048}", "rsa 2048 disputed [17 k=ed25519]"},
	{"v=DKIM1; p={2048}; p={1024}", "rsa 2048 disputed [406 p=]"},
	{"v=DKIM1; p={2048}; p=", "rsa 2048 disputed [406 p=]"},
	{"v=DKIM1; p={half}; p={2048}", "rsa disputed [10 p= 214 p=]"},
	{"v=DKIM1; p=A!; p={2048}", "rsa disputed [13 ! 16 p=]"},
	{"v=DKIM1; p={768}; p={2048}", "rsa 768 disputed [10 p= 182 p=]"},
	{"v=DKIM2; v=DKIM1; p={2048}", "rsa 2048 disputed [1 v=DKIM2 10 v=DKIM1]"},
	{"v=DKIM1; k=dsa; k=rsa; p={2048}", "? disputed [10 k=dsa 17 k=rsa]"},
	{"v=DKIM1; h=sha1; h=sha256; p={2048}", "rsa 2048 disputed [10 h=sha1 18 h=sha256]"},
	{"v=DKIM1; n=a; n=b; h=sha1; p={2048}", "rsa 2048 unusable [15 n=b 20 h=sha1]"},
	{"v=DKIM1; n=a; n=b; p={half}", "rsa unusable [15 n=b 20 p=]"},
	{"v=DKIM1; p={half}; p={half}", "rsa unusable [10 p= 214 p=]"},
	{"v=DKIM1; k=rsa; k=ed25519; p={ed}", "rsa disputed [17 k=ed25519 28 p=]"},
	{"v=DKIM1; p={2048}; p={2048}", "rsa 2048 loose [406 p=]"},
	{"v=DKIM1; t=y; t=s; p={2048}", "rsa 2048 testing disputed [15 t=s]"},
	{"v=DKIM1; rubbish; p={2048}", "rsa 2048 loose [10 rubbish]"},
	{"v=DKIM1; n=\x07; p={2048}", "rsa 2048 loose [10 n=\x07]"},
	{"v=DKIM1; n=grüße; p={2048}", "rsa 2048 loose [10 n=grüße]"},
	// Other texts, as a wildcard or a slip of the hand puts them there.
	{"", "other"},
	{"v=spf1 include:example.net -all", "other"},
	{"v=DMARC1; p=reject", "other"},
	{"v=STSv1; id=1", "other"},
	{"v=BIMI1; l=https://example.com/logo.svg; p=", "other"},
	{"google-site-verification=abc", "other"},
	{"hello", "other"},
	{"selector1._domainkey.example.net", "other"},
	{"o=~; r=postmaster@example.com", "other"}, // the policy of the older DomainKeys, at _domainkey itself
}

func TestParse(t *testing.T) {
	keys := material(t)
	for _, test := range texts {
		if got := said(Parse(keys.Replace(test.text))); got != test.want {
			t.Errorf("%q:\n is   %s\n want %s", test.text, got, test.want)
		}
	}
}

// said writes what was read as the table has it.
func said(k Key, is bool) string {
	if !is {
		return "other"
	}
	words := []string{string(k.Type)}
	if k.Type == "" {
		words[0] = "?"
	}
	if k.Bits > 0 {
		words = append(words, fmt.Sprint(k.Bits))
	}
	for _, w := range []struct {
		is   bool
		word string
	}{{k.Testing, "testing"}, {k.Strict, "strict"}, {k.Revoked, "revoked"}, {k.OtherService, "other-service"}} {
		if w.is {
			words = append(words, w.word)
		}
	}
	words = append(words, k.Worst().String())
	var faults []string
	for _, f := range k.Faults {
		token := f.Token
		// Of a key its beginning is enough.
		if long := len(token) > 20; long && strings.HasPrefix(token, "p=") || strings.HasPrefix(token, "P=") && long {
			token = token[:2]
		} else if at := strings.Index(token, " p="); long && at >= 0 {
			token = token[:at+3]
		} else if long {
			token = token[:4]
		}
		faults = append(faults, strings.TrimSpace(fmt.Sprint(f.Column, " ", token)))
	}
	if len(faults) > 0 {
		words = append(words, "["+strings.Join(faults, " ")+"]")
	}
	return strings.Join(words, " ")
}

// What is usable is neither withdrawn nor beyond repair; of what is disputed nobody knows.
func TestUsable(t *testing.T) {
	keys := material(t)
	for text, want := range map[string]bool{
		"v=DKIM1; p={2048}": true, "k=rsa; v=DKIM1; p={2048}": true, "v=DKIM1; p={1024}": true, "v=DKIM1; k=ed25519; p={ed}": true,
		"v=DKIM1; p=": false, "v=DKIM1; p={768}": false, "v=DKIM1; h=sha1; p={2048}": false, "v=DKIM2; p={2048}": false, "v=DKIM1; s=tlsrpt; p={2048}": false,
	} {
		if k, _ := Parse(keys.Replace(text)); k.Usable() != want {
			t.Errorf("%s: usable %t", text, k.Usable())
		}
	}
}

// A key that was cut off says how much of it is missing, which tells its owner what happened.
func TestCutKeySaysHowMuchIsThere(t *testing.T) {
	k, _ := Parse(material(t).Replace("v=DKIM1; p={half}"))
	if says := k.Faults[0].String(); !strings.Contains(says, "150") || !strings.Contains(says, "294") {
		t.Error(says)
	}
}

// A hostile text costs no more than its length, and tells a handful of faults, the worst among them.
func TestHostileTexts(t *testing.T) {
	for name, text := range map[string]string{
		"semicolons":  "v=DKIM1" + strings.Repeat(";", 64<<10),
		"tags":        "v=DKIM1" + strings.Repeat("; a=b", 13<<10),
		"rubbish":     "p=!" + strings.Repeat("; \x00", 20<<10) + "; p=A",
		"blanks":      "v=DKIM1; p=" + strings.Repeat(" ", 64<<10),
		"key":         "p=" + strings.Repeat("MIIB", 16<<10),
		"flags":       "p=; t=" + strings.Repeat("y:", 32<<10),
		"hashes":      "p=; h=" + strings.Repeat("sha1:", 12<<10),
		"equal signs": "p" + strings.Repeat("=", 64<<10),
	} {
		k, _ := Parse(text)
		if len(k.Faults) > maxFaults {
			t.Errorf("%s: %d faults", name, len(k.Faults))
		}
		for _, f := range k.Faults {
			if len(f.String()) > 400 {
				t.Errorf("%s: %.500s", name, f)
			}
		}
	}
	// The worst is told, wherever it stands.
	if k, _ := Parse("v=DKIM1; p=A" + strings.Repeat("; \x01", 100) + "; h=sha1"); k.Worst() != Unusable {
		t.Error(k.Worst())
	}
}

// What is printed is read as the same again.
func FuzzParse(f *testing.F) {
	keys := material(f)
	for _, test := range texts {
		f.Add(keys.Replace(test.text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		k, is := Parse(text)
		if !is {
			return
		}
		printed := k.String()
		again, still := Parse(printed)
		if !still || again.String() != printed || again.Bits != k.Bits || again.Type != k.Type || again.Testing != k.Testing || again.Revoked != k.Revoked {
			t.Errorf("%q is printed as %q, which is read as %+v, not %+v", text, printed, again, k)
		}
		if k.Usable() && k.Worst() < Disputed && k.Type == RSA && k.Bits < 1024 || k.Revoked && k.Usable() {
			t.Errorf("%q is usable: %+v", text, k)
		}
		for _, fault := range k.Faults {
			// Columns lead to what they name.
			if fault.Column < 1 || fault.Column > len(text)+1 || !strings.HasPrefix(text[fault.Column-1:], fault.Token) {
				t.Errorf("%q: %+v", text, fault)
			}
		}
	})
}

// The name of a key is that of its selector, which may have points, and its domain.
func TestSplit(t *testing.T) {
	for name, want := range map[string][2]string{
		"s1._domainkey.example.com":              {"s1", "example.com"},
		"2026.s1._domainkey.mail.example.com":    {"2026.s1", "mail.example.com"},
		"s1._domainkey.a._domainkey.example.com": {"s1", "a._domainkey.example.com"},
		"_domainkey.example.com":                 {"", "example.com"},
		"example.com":                            {"", "example.com"},
		"domainkey.example.com":                  {"", "domainkey.example.com"},
		"s1._domainkeys.example.com":             {"", "s1._domainkeys.example.com"},
		"s1._domainkey.":                         {"", "s1._domainkey."},
	} {
		selector, domain := Split(name)
		if selector != want[0] || domain != want[1] {
			t.Errorf("%s: %q, %q", name, selector, domain)
		}
		if selector != "" && Name(selector, domain) != name {
			t.Errorf("%s becomes %s", name, Name(selector, domain))
		}
	}
}

func BenchmarkParse(b *testing.B) {
	text := material(b).Replace("v=DKIM1; k=rsa; p={2048}")
	b.ReportAllocs()
	for b.Loop() {
		if k, _ := Parse(text); !k.Usable() {
			b.Fatal(k)
		}
	}
}
