/**
 * The emergency sheet: a page to print, fill in by hand and lock away. It says where the account is and
 * how its key is recognised, all of it public, and leaves a place for the master password, which this
 * program never writes anywhere. Plain HTML without anything to load or run, for any browser to print.
 */
import type { SheetWords } from '../../../contract/ownaccount.ts';

/** What is filled in. Nothing of it is secret. */
export interface SheetFacts {
  readonly server: string;
  readonly login: string;
  readonly fullName: string;
  readonly keyWords: readonly string[];
  /** As the person's language writes it. */
  readonly date: string;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? '');

const style = `
body { max-width: 170mm; margin: 18mm auto; font: 12pt/1.5 system-ui, sans-serif; color: #000; background: #fff; }
h1 { font-size: 20pt; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 6pt 14pt; }
dt { color: #444; }
dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
.words { font-family: ui-monospace, monospace; }
.hand { height: 32mm; margin: 8pt 0; border: 1.5pt solid #000; border-radius: 3mm; }
.small { color: #444; font-size: 10pt; }
`;

/** The whole page. */
export function emergencySheet(words: SheetWords, facts: SheetFacts): string {
  const row = (name: string, value: string, kind = ''): string =>
    value === '' ? '' : `<dt>${escaped(name)}</dt><dd${kind}>${escaped(value)}</dd>`;
  return `<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(words.title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(words.title)}</h1>
<p>${escaped(words.purpose)}</p>
<dl>
${row(words.server, facts.server)}
${row(words.login, facts.login)}
${row(words.name, facts.fullName)}
${row(words.keyWords, facts.keyWords.join(' '), ' class="words"')}
${row(words.date, facts.date)}
</dl>
${facts.keyWords.length === 0 ? '' : `<p class="small">${escaped(words.keyWordsUse)}</p>`}
<h2>${escaped(words.masterPassword)}</h2>
<p>${escaped(words.byHand)}</p>
<div class="hand"></div>
<p class="small">${escaped(words.keep)}</p>
</body>
</html>
`;
}
