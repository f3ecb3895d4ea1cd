/** The HTML page to report leaked tokens, without scripts and without authentication. */

/** `result`: the number of tokens that were found in the submitted text; undefined before the form is submitted. */
export function leakPage(result?: number): string {
  const isEmpty = result === 0
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${isEmpty ? 'Error: ' : ''}Report a leaked token · Mintmark</title>
<link rel="icon" href="/mark.svg">
<style>${styles}</style>
</head>
<body>
<main>
<header><img src="/mark.svg" alt="" width="40" height="40"><span>Mintmark</span></header>
<h1>Report a leaked token</h1>
<div class="panel">
${result ? received(result) : ''}
<p>Paste the token here, including surrounding text. Tokens of this installation are revoked
immediately, and their owners are notified. You do not need to sign in, and the response does not say which tokens were active.</p>
<form method="post" action="/leaks/report">
<label for="tokens">Text that contains the token</label>
<textarea id="tokens" name="tokens" rows="8" required autocomplete="off" spellcheck="false"${isEmpty ? ' aria-invalid="true" aria-describedby="error" autofocus' : ''}></textarea>
${isEmpty ? '<p class="error" id="error" role="alert">No token was found in this text. Paste the whole token, from the first to the last character.</p>' : ''}
<label for="url">Where did you find it? <span class="dimmed">(optional)</span></label>
<input id="url" name="url" type="url" maxlength="2048" placeholder="https://" autocomplete="off" aria-describedby="url-about">
<p class="dimmed" id="url-about">The URL of the page, file or message. The owner of the token can see it.</p>
<button type="submit">Revoke token</button>
</form>
</div>
</main>
</body>
</html>
`
}

const received = (tokens: number) =>
  `<p role="status"><strong>${tokens === 1 ? '1 token was received.' : `${tokens} tokens were received.`}</strong> ${
    tokens === 1 ? 'If this installation issued it, it' : 'Those that this installation issued'
  } can no longer be used, and the owner is notified. Thank you.</p>`

/** The colors and sizes of the console's theme. */
const styles = `
:root { color-scheme: light dark; --mint: #107a5f; --accent: light-dark(#107a5f, #43bc98); --red: light-dark(#c42b2b, #fb8585); --line: light-dark(#d5d9de, #2b323a); --field: light-dark(#868e96, #6a737e); --quiet: light-dark(#5c6670, #98a0aa); }
* { box-sizing: border-box; }
body { font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif; margin: 0; color: light-dark(#1e242b, #d5d9de); background: light-dark(#f8f9fb, #14181d); }
main { max-width: 36rem; margin: 0 auto; padding: 32px 16px; }
header { display: flex; align-items: center; justify-content: center; gap: 10px; font-size: 1.25rem; font-weight: 650; }
h1 { font-size: 1.25rem; font-weight: 600; text-align: center; margin: 12px 0 20px; }
.panel { border: 1px solid var(--line); border-radius: 10px; padding: 20px; background: light-dark(#fff, #1e242b); }
p { margin: 0 0 16px; overflow-wrap: anywhere; }
[role=status] { border-left: 3px solid var(--accent); padding-left: 12px; }
label { display: block; font-weight: 500; margin-bottom: 4px; }
textarea, input { width: 100%; margin-bottom: 16px; padding: 6px 10px; font: inherit; color: inherit; background: transparent; border: 1px solid var(--field); border-radius: 6px; }
textarea { font: 13px/1.5 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; resize: vertical; }
input { margin-bottom: 4px; }
::placeholder { color: var(--quiet); opacity: 1; }
[aria-invalid] { border-color: var(--red); margin-bottom: 4px; }
.error { color: var(--red); }
.dimmed { color: var(--quiet); font-weight: 400; }
button { font: inherit; font-size: 13px; font-weight: 600; height: 30px; padding: 0 14px; border: 0; border-radius: 6px; color: #fff; background: var(--mint); cursor: pointer; }
button:hover { background: #0b614b; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`
