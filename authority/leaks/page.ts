/** The page on which anybody who found a token ends it: one box, no script, no login. */
export function leakPage(received?: number): string {
  const thanks =
    received === undefined
      ? ''
      : `<p role="status"><strong>Thank you: ${received} ${received === 1 ? 'string was' : 'strings were'} received.</strong> Tokens of this installation among them have ended, and their owners are told.</p>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Found a token?</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark; }
textarea { width: 100%; box-sizing: border-box; font: inherit; font-family: ui-monospace, monospace; }
button { font: inherit; padding: .4rem 1rem; }
</style>
</head>
<body>
<main>
<h1>Found a token?</h1>
${thanks}
<p>Whoever holds a token may end it. Paste it here, with anything around it: whatever is a token of this installation
ends at once, and its owner is told. You are not asked who you are, and not told which of them were alive.</p>
<form method="post" action="/leaks/report">
<p><label for="tokens">What you found</label><br>
<textarea id="tokens" name="tokens" rows="8" required autocomplete="off" spellcheck="false"></textarea></p>
<p><button type="submit">End it</button></p>
</form>
</main>
</body>
</html>
`
}
