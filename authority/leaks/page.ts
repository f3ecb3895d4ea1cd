/** The HTML page to report leaked tokens, without scripts and without authentication. */
export function leakPage(received?: number): string {
  const thanks =
    received === undefined
      ? ''
      : `<p role="status"><strong>Thank you: ${received} ${received === 1 ? 'string was' : 'strings were'} received.</strong> Tokens of this installation among them are now revoked, and their owners are notified.</p>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Found a token?</title>
<style>
:root { color-scheme: light dark; --mint: light-dark(#107a5f, #43bc98); --line: light-dark(#d5d9de, #2b323a); --on: light-dark(#fff, #0f1216); }
body { font: 15px/1.55 system-ui, sans-serif; max-width: 36rem; margin: 0 auto; padding: 4rem 1rem; color: light-dark(#1e242b, #d5d9de); background: light-dark(#f8f9fb, #14181d); }
h1 { font-size: 1.35rem; margin: 0 0 .75rem; }
main { border: 1px solid var(--line); border-radius: 10px; padding: 1.5rem; background: light-dark(#fff, #1e242b); }
[role=status] { border-left: 3px solid var(--mint); padding-left: .75rem; }
label { font-weight: 600; }
textarea { width: 100%; box-sizing: border-box; margin-top: .25rem; padding: .5rem .75rem; font: 13px/1.5 ui-monospace, monospace; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 6px; }
button { font: inherit; font-weight: 600; padding: .45rem 1rem; border: 0; border-radius: 6px; color: var(--on); background: var(--mint); cursor: pointer; }
:focus-visible { outline: 2px solid var(--mint); outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>Found a token?</h1>
${thanks}
<p>Report a leaked token to revoke it. Paste it here, including surrounding text. Tokens of this installation are revoked
immediately, and their owners are notified. You do not need to sign in, and the response does not say which tokens were active.</p>
<form method="post" action="/leaks/report">
<p><label for="tokens">Text that contains the token</label><br>
<textarea id="tokens" name="tokens" rows="8" required autocomplete="off" spellcheck="false"></textarea></p>
<button type="submit">Revoke token</button>
</form>
</main>
</body>
</html>
`
}
