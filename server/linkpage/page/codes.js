/** A one-time code that changes by itself. */
import { element, button, tell } from './elements.js';
import { codeAt, readTotp } from './totp.js';
import { say } from './words.js';

/**
 * The line of a field that makes one-time codes; the secret itself is not shown.
 *
 * @param {string} label
 * @param {string} secret
 */
export function codeRow(label, secret) {
  const totp = readTotp(secret);
  const shown = element('span', { class: 'value mono code' });
  const left = element('span', { class: 'left' });
  const buttons = element('span', { class: 'buttons' });
  const line = element('div', { class: 'row' }, [element('dt', { text: label })]);
  line.append(element('dd', {}, [shown, left, buttons]));
  if (totp === null) {
    shown.textContent = say('badCode');
    shown.className = 'value';
    return line;
  }
  let code = '';
  const draw = async () => {
    const now = await codeAt(totp, Date.now());
    code = now.code;
    shown.textContent = `${code.slice(0, code.length / 2)} ${code.slice(code.length / 2)}`;
    left.textContent = say('seconds', { count: String(Math.ceil(now.remainingMs / 1000)) });
    // Ends by itself once the record is no longer on the page.
    if (line.isConnected) setTimeout(() => void draw(), 1000);
  };
  const copy = () => {
    navigator.clipboard.writeText(code).then(
      () => tell(`${label}: ${say('copied')}`),
      () => tell(say('notCopied')),
    );
  };
  buttons.append(button(say('copy'), copy, `${say('copy')}: ${label}`));
  // After this turn, in which the line is put into the page.
  setTimeout(() => void draw(), 0);
  return line;
}
