package render

// standalone puts a fragment into a page of its own. Its policy forbids everything but its own style (CSP 3): whatever a reader's browser
// would make of the text, nothing runs and nothing is fetched.
func standalone(fragment []byte) []byte {
	return append(append([]byte(pageHead), fragment...), pageFoot...)
}

const pageFoot = "</main>\n</body>\n</html>\n"

// Paper shows what is folded up on a screen, because nobody can unfold it there.
const pageHead = `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Second opinion on a mail and DNS report</title>
<style>
:root { color-scheme: light dark; --ground: #fbfbfa; --text: #1d2126; --quiet: #f0f1f2; --link: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #16191d; --text: #e4e6e9; --quiet: #22272e; --link: #7db8ff; }
}
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 54rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
main > p:first-child { font-size: 1.2rem; font-weight: 600; }
h3 { font-size: 1rem; letter-spacing: .04em; margin: 1.75rem 0 .5rem; }
p, ul { margin: .5rem 0; }
ul { padding-left: 1.25rem; }
li { margin: .35rem 0; }
td > ul { margin: 0; }
a { color: var(--link); }
table { width: 100%; margin: .5rem 0; }
th { font-weight: 600; width: 12rem; overflow-wrap: normal; }
pre { background: var(--quiet); font: .85rem/1.45 ui-monospace, monospace; margin: .5rem 0; }
code { font: .9em ui-monospace, monospace; }
details { border: 1px solid #888; border-radius: 6px; margin: .6rem 0; padding: .5rem .75rem; }
summary { cursor: pointer; }
@media (max-width: 36rem) {
  details tr, details th, details td { display: block; width: auto; }
  details th { border-bottom: 0 !important; background: var(--quiet); }
  details td { border-top: 0 !important; }
  th { width: 7rem; }
}
@media print {
  :root { color-scheme: light; --ground: #fff; --text: #000; --quiet: #fff; --link: #000; }
  main { max-width: none; padding: 0; }
  details { border: 0; padding: 0; }
  details::details-content { content-visibility: visible; height: auto; }
  tr, pre { break-inside: avoid-page; }
}
</style>
</head>
<body>
<main>
`
